put() {
  mkdir -p "$STAGE${1%/*}"
  cat >"$STAGE$1"
  chmod "$2" "$STAGE$1"
}
unpack() {
  STAGE=$ROOT$RUN/stage
  rm -rf "$STAGE" "$STAGE".*
  mkdir -p "$STAGE"
  payload
  PATHS=$(cd "$STAGE" && find . -type f | sed 's/^\.//' | LC_ALL=C sort)
}

is_ours() { lines_of manifest | grep -qxF -e "$1"; }
is_same() {
  [ -f "$ROOT$1" ] && [ ! -L "$ROOT$1" ] && cmp -s "$STAGE$1" "$ROOT$1" &&
    [ "$(stat -c '%a %u' "$ROOT$1")" = "$(stat -c '%a %u' "$STAGE$1")" ]
}
differing_paths() { for path in $PATHS; do is_same "$path" || say "$path"; done; }
stale_paths() { lines_of manifest | while read -r path; do [ -e "$STAGE$path" ] || say "$path"; done; }

refuse_foreign() {
  owner=$(lines_of environment)
  [ "${owner:-$ENVIRONMENT}" = "$ENVIRONMENT" ] ||
    refuse "host: one environment describes a server, got $ENVIRONMENT beside $owner; leave the host key out of one of them"
  for path in $(differing_paths); do
    if [ "$path" = "$DAEMON" ] && [ -e "$STAGE.ours" ]; then continue; fi
    if [ -e "$ROOT$path" ] && ! is_ours "$path"; then
      refuse "host: $path must be Plimsoll's or absent, got somebody else's; move it away, or take the host key out of the config"
    fi
  done
}

# Notes each folder that it makes, so that a removal takes back no other.
make_folder() {
  if [ -d "$ROOT$1" ]; then return; fi
  make_folder "${1%/*}"
  add_line folders "$1"
  mkdir "$ROOT$1"
}
write_files() {
  say "$ENVIRONMENT" | remember environment
  keep_theirs
  # Before the first of them: whatever a killed run has written is known as ours.
  { lines_of manifest && say "$PATHS"; } | LC_ALL=C sort -u | remember manifest
  for path in $(differing_paths); do
    add_line pending "$path"
    make_folder "${path%/*}"
    cp -p "$STAGE$path" "$ROOT$path.plimsoll-new"
    mv -fT "$ROOT$path.plimsoll-new" "$ROOT$path"
    say "changed $path"
  done
}
# A link to a unit would stay behind it.
retire_unit() {
  case $1 in
    /etc/systemd/system/*/*) ;;
    /etc/systemd/system/*.timer) systemctl --quiet disable --now "${1##*/}" 2>/dev/null || : ;;
    /etc/systemd/system/*) systemctl --quiet disable "${1##*/}" 2>/dev/null || : ;;
  esac
}
remove_files() {
  for path in "$@"; do
    add_line pending "$path"
    if runs; then retire_unit "$path"; fi
    if [ "$path" = "$DAEMON" ] && [ -f "$ROOT$THEIRS" ]; then
      give_theirs_back
      say "restored $path"
      continue
    fi
    rm -f "$ROOT$path" "$ROOT$path.plimsoll-new"
    say "removed $path"
  done
  for path in $(lines_of folders | LC_ALL=C sort -r); do
    if [ -d "$ROOT$path" ] && ! rmdir "$ROOT$path" 2>/dev/null; then continue; fi
    { lines_of folders | grep -vxF -e "$path" || :; } | remember folders
  done
}
