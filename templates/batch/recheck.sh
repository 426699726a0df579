# Checks the repository, and reads its newest copy back to compare it with the checksums of the dump. Nothing is written here
# but how it went. Arguments: those of offsite.sh. Output: the backup's name.
begin_run offsite-check
trap 'end_run $?' EXIT
let_in
must_be_there
must 'must be sound' check >/dev/null
backup=$(names | tail -n 1)
[ -n "$backup" ] || refuse_repository "must have a copy of $host, got none; ./plimsoll backup makes one"

file() { must 'must give the copy back' dump "${own[@]}" --path="/backups/$backup" latest "/backups/$backup/$1"; }
file SHA256SUMS >"$workspace/sums"
while read -r sum name; do
  found=$(file "$name" | sha256sum)
  [ "${found%% *}" = "$sum" ] ||
    refuse_repository "must give $backup back as it was written, got $name with another checksum; restic check --read-data tells more"
done <"$workspace/sums"
now >/backups/offsite-checked.new && mv /backups/offsite-checked.new /backups/offsite-checked
echo "$backup"
