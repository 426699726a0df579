# What is known of the server's other jobs, a line each: `run` with a job, when it last began and ended, and its exit code;
# `passed` with a job and when it last did what it is for.
set -eu
for file in /jobs/*.run; do
  [ ! -e "$file" ] || echo "run $(basename "$file" .run) $(cat "$file")"
done
for file in /jobs/*.passed; do
  [ ! -e "$file" ] || echo "passed $(basename "$file" .passed) $(cat "$file")"
done
