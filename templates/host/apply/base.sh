ROOT=
CONFIRM=yes
STATE=/var/lib/plimsoll/host
RUN=/run/plimsoll
TAB=$(printf '\t')
NEWLINE='
'

say() { printf '%s\n' "$*"; }
# What the operator can put right: path: rule, got value; fix.
refuse() {
  printf '%s\n' "$*" >&2
  exit 3
}
has() { command -v "$1" >/dev/null 2>&1; }
# An image that does not run has files alone.
runs() { [ -z "$ROOT" ]; }

lock() {
  umask 022
  mkdir -p "$ROOT$RUN"
  chmod 700 "$ROOT$RUN"
  exec 9>"$ROOT$RUN/host.lock"
  flock -w 60 9 || refuse "host: one change of a server at a time, got another under way; wait for it"
}

lines_of() { [ ! -f "$ROOT$STATE/$1" ] || cat "$ROOT$STATE/$1"; }
# Replaces a file of lines whole or not at all.
remember() {
  mkdir -p "$ROOT$STATE"
  cat >"$ROOT$STATE/$1.new"
  mv -fT "$ROOT$STATE/$1.new" "$ROOT$STATE/$1"
}
add_line() { { lines_of "$1" && say "$2"; } | LC_ALL=C sort -u | remember "$1"; }

# Files that were changed and whose effect may not be in force yet, even if the run that changed them was killed.
is_pending() { lines_of pending | grep -q -e "$1"; }
