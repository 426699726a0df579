# Lines of a backup's name and its size in KiB, oldest first; then `drilled` and when, where a drill has passed.
set -eu
find /backups -mindepth 1 -maxdepth 1 -name '*Z' | sort | while read -r backup; do
  size=$(du -sk "$backup")
  echo "${backup##*/} ${size%%[!0-9]*}"
done
[ ! -e /backups/drilled ] || echo "drilled $(cat /backups/drilled)"
