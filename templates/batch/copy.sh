# Copies the newest backup into the repository, makes the repository where there has never been one, and forgets old copies.
# Arguments: those of offsite.sh, and DAILY WEEKLY MONTHLY. Output: the backup's name.
begin_run offsite
trap 'end_run $?' EXIT
enter_backup latest
let_in
known=/backups/offsite.repository

make_repository() {
  # A disk that is not mounted, a bucket that was emptied: a new one in its place would hide it.
  [ "$(cat "$known" 2>/dev/null)" != "$repository" ] ||
    refuse_repository "must be there, since it was copied to before, got none; bring it back, or name another place"
  must 'must be made' init >/dev/null
}
is_there || make_repository
echo "$repository" >"$known.new" && mv "$known.new" "$known"
# Only what those that were killed left behind.
must 'must lose its stale locks' unlock >/dev/null

at="${backup:0:4}-${backup:4:2}-${backup:6:2} ${backup:9:2}:${backup:11:2}:${backup:13:2}"
must 'must take the copy' backup "${own[@]}" --time="$at" "/backups/$backup" >/dev/null
echo "$backup" >/backups/offsite.new && mv /backups/offsite.new /backups/offsite
echo "$backup"
# Each copy has a path of its own: grouped by it, none would ever be forgotten.
must 'must forget old copies' forget "${own[@]}" --group-by=host --keep-daily="$1" --keep-weekly="$2" --keep-monthly="$3" --prune >/dev/null
