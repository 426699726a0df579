# Restores a backup into new databases, checks them, and puts them in the place of those that are there.
# Arguments: HOST, NAME or latest, STAMP. Output: lines of a database and the name that the old one has now.
set -eu
umask 077
# What is set to be done at an exit puts the databases right.
trap 'exit 143' TERM
PGPASSWORD=$(cat /run/secrets/superuser-password)
export PGHOST="$1" PGUSER=postgres PGPASSWORD
stamp=$3
enter_backup "$2"

run_sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres "$@"; }

while read -r database; do
  fresh=${database}_restored_$stamp
  run_sql --command="select 1 from pg_roles where rolname = '$database'" --no-align --tuples-only | grep -q 1 ||
    refuse "$database must have its role, got none; ./plimsoll up makes it"
  createdb --owner="$database" --template=template0 "$fresh"
  trap 'dropdb --if-exists --force "$fresh"' EXIT
  run_sql --command="revoke all on database \"$fresh\" from public"
  restore_into "$database.dump" "$fresh"
  compare_counts "$database.counts" "$fresh"
  trap - EXIT
done <databases

while read -r database; do
  old=${database}_before_$stamp
  # Whatever happens from here, the app gets into one of the two again.
  trap 'run_sql --command="alter database \"$database\" allow_connections true"' EXIT
  run_sql <<SQL
alter database "$database" allow_connections false;
select pg_terminate_backend(pid) from pg_stat_activity where datname = '$database' \\g /dev/null
begin;
alter database "$database" rename to "$old";
alter database "${database}_restored_$stamp" rename to "$database";
commit;
alter database "$old" allow_connections true;
SQL
  trap - EXIT
  echo "$database $old"
done <databases
