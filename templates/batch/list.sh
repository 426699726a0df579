# What is known of the backups, a line each: `backup` with its name and its size in KiB, oldest first; `drilled` and when a
# drill last passed; `run` with a job, when it last began and ended, and its exit code.
set -eu
find /backups -mindepth 1 -maxdepth 1 -name '*Z' | sort | while read -r backup; do
  size=$(du -sk "$backup")
  echo "backup ${backup##*/} ${size%%[!0-9]*}"
done
[ ! -e /backups/drilled ] || echo "drilled $(cat /backups/drilled)"
for job in backup drill; do
  [ ! -e "/backups/$job.run" ] || echo "run $job $(cat "/backups/$job.run")"
done
