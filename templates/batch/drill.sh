# Restores a backup into a throw-away server of its own and compares its rows. Arguments: NAME, or latest. Output: its name.
set -eu
umask 077
begin_run drill
trap 'end_run $?' EXIT
enter_backup "$1"
export PGHOST=/tmp PGUSER=postgres
scratch=/var/lib/postgresql/data

# A small server, for nobody but this drill.
initdb --encoding=UTF8 --locale=C.UTF-8 --username=postgres --auth=trust --no-sync --pgdata="$scratch/data" >/dev/null
pg_ctl --pgdata="$scratch/data" --silent --wait --log="$scratch/log" start --options="-c listen_addresses='' \
  -c unix_socket_directories=/tmp -c shared_buffers=16MB -c maintenance_work_mem=16MB -c fsync=off -c max_connections=10"
finish() { # EXIT_CODE
  pg_ctl --pgdata="$scratch/data" --silent --mode=immediate stop || :
  end_run "$1"
}
trap 'finish $?' EXIT

# The role postgres is there already, so one statement fails; every other must not.
psql --no-psqlrc --quiet --dbname=postgres --file=globals.sql >/dev/null 2>"$scratch/globals" || true
if grep ERROR "$scratch/globals" | grep -qv 'role "postgres" already exists'; then
  refuse "globals.sql must run, got $(grep ERROR "$scratch/globals" | head -1)"
fi
while read -r database; do
  createdb --template=template0 "$database"
  restore_into "$database.dump" "$database"
  compare_counts "$database.counts" "$database"
done <databases
now >/backups/drilled.new
mv /backups/drilled.new /backups/drilled
echo "$backup"
