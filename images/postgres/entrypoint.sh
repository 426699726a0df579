#!/bin/bash
# Makes a database cluster in an empty data directory, then becomes the server.
#
# The cluster grows in a directory of its own inside the volume and is moved up when it is complete, PG_VERSION last:
# a start that was cut short (stop, full disk, failed script) leaves nothing that a later start would take for a database.
set -euo pipefail
shopt -s nullglob dotglob

readonly nursery="$PGDATA/initialising"
readonly complete="$nursery/complete"

fail() {
  echo "postgres: $1" >&2
  exit 1
}

# Prints $NAME, or the content of the file that $NAME_FILE names.
setting() {
  local value="${!1:-}" file_name="${1}_FILE"
  local file="${!file_name:-}"
  if [[ -n "$value" && -n "$file" ]]; then
    fail "$1 and $file_name: only one may be set"
  fi
  if [[ -n "$file" ]]; then
    [[ -r "$file" ]] || fail "$file_name: must be a file that uid $(id -u) can read, got $file"
    value="$(< "$file")"
  fi
  printf '%s' "$value"
}

read_settings() {
  password="$(setting POSTGRES_PASSWORD)"
  POSTGRES_USER="$(setting POSTGRES_USER)"
  POSTGRES_DB="$(setting POSTGRES_DB)"
  export POSTGRES_USER="${POSTGRES_USER:-postgres}"
  export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
  host_method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [[ -z "$password" && "$host_method" != trust ]]; then
    fail "POSTGRES_PASSWORD_FILE: must name a file with the password of $POSTGRES_USER"
  fi
}

create_cluster() {
  local options=()
  read -ra options <<< "$(setting POSTGRES_INITDB_ARGS)"
  options+=(--pgdata="$nursery" --username="$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256)
  if [[ -n "$password" ]]; then
    initdb "${options[@]}" --pwfile=<(printf '%s\n' "$password")
  else
    initdb "${options[@]}"
  fi
  echo "host all all all $host_method" >> "$nursery/pg_hba.conf"
}

run_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    echo "postgres: running $script"
    case "$script" in
      *.sh) bash "$script" ;;
      *.sql) "${psql[@]}" --file="$script" ;;
      *.sql.gz) gunzip --stdout "$script" | "${psql[@]}" ;;
      *) echo "postgres: leaving out $script, neither .sh nor .sql" ;;
    esac
  done
}

# The server listens on its socket only: nobody can connect before the scripts are through.
fill_cluster() {
  local psql=(psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --username="$POSTGRES_USER" --no-password)
  export PGHOST=/var/run/postgresql
  pg_ctl --pgdata="$nursery" --wait --silent \
    --options="-c listen_addresses='' -c unix_socket_directories=$PGHOST -c config_file=$nursery/postgresql.conf" start
  if [[ "$POSTGRES_DB" != postgres ]]; then
    "${psql[@]}" --dbname=postgres --set=name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
  fi
  psql+=(--dbname="$POSTGRES_DB")
  run_scripts
  pg_ctl --pgdata="$nursery" --wait --silent --mode=fast stop
  unset PGHOST
}

adopt_cluster() {
  local entry
  for entry in "$nursery"/*; do
    case "${entry##*/}" in
      complete | PG_VERSION) ;;
      *) mv "$entry" "$PGDATA/" ;;
    esac
  done
  sync "$PGDATA"
  mv "$nursery/PG_VERSION" "$PGDATA/"
  rm -rf "$nursery"
}

initialise() {
  read_settings
  [[ -w "$PGDATA" ]] || fail "$PGDATA: must be writable for uid $(id -u)"
  # A volume made by something else may be open to others, which the server refuses; its owner can close it.
  chmod 0700 "$PGDATA"
  if [[ ! -e "$complete" ]]; then
    rm -rf "$nursery"
    create_cluster
    fill_cluster
    sync
    touch "$complete"
  fi
  adopt_cluster
}

if [[ $# -eq 0 || "$1" == -* ]]; then
  set -- postgres "$@"
fi
if [[ "$1" == postgres ]]; then
  # As process 1 a shell without a trap ignores signals, and a stop during the first start would last its whole grace.
  trap 'exit 130' INT TERM
  if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
    initialise
  fi
  rm -rf "$nursery"
  umask 0077
fi
exec "$@"
