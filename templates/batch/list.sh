# What is known of the backups, a line each: `backup` with its name and its size in KiB, oldest first; `drilled` and when a
# drill last passed; `offsite` and the newest backup that was copied elsewhere; `offsite-checked` and when its repository was
# last found sound; `run` with a job, when it last began and ended, and its exit code.
set -eu
find /backups -mindepth 1 -maxdepth 1 -name '*Z' | sort | while read -r backup; do
  size=$(du -sk "$backup")
  echo "backup ${backup##*/} ${size%%[!0-9]*}"
done
for passed in drilled offsite offsite-checked; do
  [ ! -e "/backups/$passed" ] || echo "$passed $(cat "/backups/$passed")"
done
for job in backup drill offsite offsite-check; do
  [ ! -e "/backups/$job.run" ] || echo "run $job $(cat "/backups/$job.run")"
done
