# Sourced by the scripts that read a backup. Exit 3: something that the operator can put right.
refuse() { echo "backup $backup: $1" >&2; exit 3; }

# The backup's folder, whole and unchanged.
enter_backup() { # NAME, or latest
  backup=$1
  if [ "$backup" = latest ]; then
    newest=$(find /backups -mindepth 1 -maxdepth 1 -name '*Z' | sort | tail -n 1)
    [ -n "$newest" ] || refuse "must be there, got none yet; ./plimsoll backup makes one"
    backup=${newest##*/}
  fi
  case $backup in *[!0-9TZ]*) refuse "must be a time like 20261124T031500Z, got something else" ;; esac
  cd "/backups/$backup" 2>/dev/null || refuse "must be one of the backups, got none of that name"
  sha256sum --check --quiet SHA256SUMS >/dev/null 2>&1 || refuse "must be as it was written, got files that do not match their checksums"
}

restore_into() { # DUMP DATABASE
  pg_restore --exit-on-error --dbname="$2" "$1" ||
    refuse "${1%.dump} must restore without an error, got the one above"
}

# The restored rows are those that the dump's snapshot had.
compare_counts() { # COUNTS DATABASE
  live=$(mktemp)
  psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$2" <<'SQL' >"$live"
select format('select %L, count(*) from %I.%I', nspname || '.' || relname, nspname, relname)
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema' order by 1 \gexec
SQL
  cmp -s "$1" "$live" || refuse "${1%.counts} must have the rows that were dumped, got other counts: $(diff "$1" "$live" | tr '\n' ' ')"
}
