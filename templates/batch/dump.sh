# Dumps every app's database into /backups/<time>, with the roles, the row counts of the same snapshot, and checksums.
# Arguments: HOST KEEP. Output: the backup's name and its size in KiB.
set -eu
umask 077
partial=
finish() { # EXIT_CODE
  [ -z "$partial" ] || rm -rf "$partial"
  end_run "$1"
}
begin_run backup
trap 'finish $?' EXIT
PGPASSWORD=$(cat /run/secrets/superuser-password)
export PGHOST="$1" PGUSER=postgres PGPASSWORD
keep=$2

# After a boot the job may be earlier than Postgres.
for _ in $(seq 24); do
  if pg_isready --quiet --timeout=5; then break; fi
  sleep 5
done
rm -rf /backups/*.partial # of a run that was killed
name=$(now)
partial=/backups/$name.partial
mkdir "$partial"
cd "$partial"

pg_dumpall --globals-only --file=globals.sql
psql --no-psqlrc --quiet --no-align --tuples-only --dbname=postgres --output=databases --command="
  select datname from pg_database where not datistemplate and datname <> 'postgres' and datname !~ '_(restored|before)_'"
while read -r database; do
  export database
  # psql holds the snapshot open while pg_dump and the counts look at the same rows.
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$database" <<'SQL'
begin isolation level repeatable read read only;
select pg_export_snapshot() as snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --format=custom --snapshot="$SNAPSHOT" --file="$database.dump" "$database" || touch failed
\pset format unaligned
\pset tuples_only on
\getenv database database
\set counts :database .counts
\o :counts
select format('select %L, count(*) from %I.%I', nspname || '.' || relname, nspname, relname)
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema' order by 1 \gexec
commit;
SQL
  [ ! -e failed ] || exit 1
done <databases
[ -s databases ] || { echo "backup: must have a database of an app to dump, got none yet" >&2; exit 3; }

sha256sum -- * >SHA256SUMS
sync
mv "$partial" "/backups/$name"
size=$(du -sk "/backups/$name")
echo "$name ${size%%[!0-9]*}"

find /backups -mindepth 1 -maxdepth 1 -name '*Z' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
  rm -rf "$old"
done
