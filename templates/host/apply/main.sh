# For a rollback: what was in force before.
keep_bundle() {
  if [ ! -f "$0" ] || cmp -s "$0" "$ROOT$STATE/current.sh"; then return; fi
  if [ -f "$ROOT$STATE/current.sh" ]; then remember previous.sh <"$ROOT$STATE/current.sh"; fi
  remember current.sh <"$0"
}

require_force() {
  drift >"$RUN/drift"
  [ -s "$RUN/drift" ] || return 0
  cat "$RUN/drift" >&2
  refuse "host: must be in force after an apply, got what is above (kind, place, declared, live); look who else sets it"
}

converge() {
  converge_units
  converge_packages
  converge_journal
  converge_docker
  converge_group
  converge_swap
  converge_values
  converge_time
  converge_timers
  converge_ssh
  converge_firewall
  settle
}

# Reading everything takes most of an apply's time: once where nothing is to be done.
is_converged() {
  [ -z "$(lines_of pending)$(dpkg --audit)$(missing_packages)" ] || return 1
  if [ -f "$SWAP_FILE" ] && ! systemctl --quiet is-enabled "$SWAP_UNIT"; then return 1; fi
  if systemctl --quiet is-active "$REVERT.timer"; then return 1; fi
  drift >"$RUN/drift"
  [ ! -s "$RUN/drift" ]
}

apply() {
  lock
  if runs; then preflight; fi
  unpack
  merge_theirs
  refuse_foreign
  if runs; then converge_user; fi
  stale=$(stale_paths)
  write_files
  # shellcheck disable=SC2086
  remove_files $stale
  say "$PATHS" | remember manifest
  # Before it takes effect: whoever comes in to confirm or to remove finds it there.
  keep_bundle
  if runs && ! is_converged; then
    converge
    require_force
  fi
}

check() {
  lock
  if runs; then preflight; fi
  unpack
  merge_theirs
  refuse_foreign
  {
    differing_paths
    stale_paths
    if runs; then
      lines_of pending
      missing_packages
      drift | sed "/^file$TAB/d; s/^[a-z]*$TAB//; s/$TAB/: declared /; s/$TAB/, live /"
    fi
  } | LC_ALL=C sort -u >"$ROOT$RUN/changes"
  cat "$ROOT$RUN/changes"
  [ ! -s "$ROOT$RUN/changes" ]
}

# A file that is somebody else's is no concern of a reading.
read_back() {
  lock
  unpack
  if is_ours "$DAEMON"; then merge_theirs; fi
  live
}

rollback() {
  [ -f "$ROOT$STATE/previous.sh" ] || refuse "host: must have been applied twice to be rolled back, got no earlier bundle on the server"
  mkdir -p "$ROOT$RUN"
  # Applied, it becomes the current one, and the file that it lies in the current one before.
  cp "$ROOT$STATE/previous.sh" "$ROOT$RUN/rollback.sh"
  exec sh "$ROOT$RUN/rollback.sh" "$@"
}

main() {
  root=
  if [ "${1:-}" = --root ]; then
    ROOT=$2 root=--root
    shift 2
  fi
  case ${1:-}:${2:-} in
    *: | --remove:*) ;;
    *:--no-confirm) CONFIRM=no ;;
    *) refuse "host: unknown argument $2; the file's head tells them" ;;
  esac
  case ${1:-} in
    "")
      CONFIRM=no
      require_key
      apply
      ;;
    --apply) apply ;;
    --check) check ;;
    --read) read_back ;;
    --confirm) lock && confirm ;;
    --rollback) rollback ${root:+--root "$ROOT"} --apply ${2:+"$2"} ;;
    --remove)
      shift
      remove "$@"
      ;;
    *) refuse "host: unknown argument $1; the file's head tells them" ;;
  esac
}

main "$@"
