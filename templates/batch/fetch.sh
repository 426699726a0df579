# Brings a backup back from the repository. Arguments: those of offsite.sh, and NAME or latest. Output: its name.
partial=
trap '[ -z "$partial" ] || rm -rf "$partial"' EXIT
trap 'exit 143' TERM
let_in
must_be_there
all=$(names)
backup=$1
[ "$backup" != latest ] || backup=$(printf '%s' "$all" | tail -n 1)
printf '%s\n' "$all" | grep -qx -e "${backup:-none}" ||
  refuse_repository "must have the backup ${backup:-latest} of $host, got no such copy; ./plimsoll backups --offsite shows what is there"

is_whole() { (cd "$1" 2>/dev/null && sha256sum --check --quiet SHA256SUMS >/dev/null 2>&1); }
if ! is_whole "/backups/$backup"; then
  partial=/backups/$backup.partial
  rm -rf "$partial"
  must 'must give the copy back' restore "latest:/backups/$backup" "${own[@]}" --path="/backups/$backup" --target="$partial" >/dev/null
  is_whole "$partial" || refuse_repository "must give $backup back as it was written, got files that do not match their checksums"
  sync
  rm -rf "/backups/$backup"
  mv "$partial" "/backups/$backup"
  partial=
fi
echo "$backup"
