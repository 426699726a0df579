# Before the files: its authorized keys lie in its home.
converge_user() {
  [ -n "$USER_NAME" ] || return 0
  if id "$USER_NAME" >/dev/null 2>&1; then
    lines_of user | grep -qxF -e "$USER_NAME" ||
      refuse "host.deployUser: must be a user of Plimsoll's own, got somebody else's account $USER_NAME; choose another name"
  else
    add_line user "$USER_NAME"
    useradd --create-home --shell /bin/bash --comment "deploys with Plimsoll" "$USER_NAME"
    say "changed user $USER_NAME: made"
  fi
}

# Its group comes with Docker.
converge_group() {
  if [ -z "$USER_NAME" ] || id -nG "$USER_NAME" | tr ' ' '\n' | grep -qx docker; then return; fi
  usermod --append --groups docker "$USER_NAME"
  say "changed user $USER_NAME: may use Docker"
}

remove_user() {
  for name in $(lines_of user); do
    # Nobody saws off the branch that he sits on.
    if [ "$name" = "${SUDO_USER:-root}" ] || ! id "$name" >/dev/null 2>&1; then continue; fi
    # Not while somebody is logged in.
    if userdel --remove "$name" 2>/dev/null; then say "removed user $name"; fi
  done
}
