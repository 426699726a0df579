# What the repository has of this environment, as restic's JSON. Arguments: those of offsite.sh.
let_in
must_be_there
must 'must list its snapshots' snapshots "${own[@]}" --no-lock --json
