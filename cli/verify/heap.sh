# Flags that a container's Node process runs with, of the one that holds the most memory: its NODE_OPTIONS, and its own
# arguments up to the program. Read from /proc, since a second Node would take 40 MiB of the slot's limit.
set -u
most=-1 found=
for folder in /proc/[0-9]*; do
  case $(readlink "$folder/exe" 2>/dev/null) in */node) ;; *) continue ;; esac
  resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "$folder/status" 2>/dev/null)
  if [ "${resident:-0}" -gt "$most" ]; then most=${resident:-0} found=$folder; fi
done
[ -n "$found" ] || exit 0
tr '\0' '\n' <"$found/environ" | sed -n 's/^NODE_OPTIONS=//p'
tr '\0' '\n' <"$found/cmdline" | sed -e 1d -e '/^[^-]/,$d'
