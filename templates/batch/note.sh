# Keeps in the volume at /jobs how a job went. Arguments: JOB STARTED ENDED EXIT_CODE; the last two are - while it runs.
set -eu
keep() { cat >"/jobs/$1.new" && mv "/jobs/$1.new" "/jobs/$1"; } # NAME, content on stdin
echo "$2 $3 $4" | keep "$1.run"
[ "$4" != 0 ] || echo "$3" | keep "$1.passed"
