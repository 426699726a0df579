# Fills the stores to what they were promised. Arguments: APP, REDIS, its MiB, POSTGRES, its MiB (containers' names).
set -eu
app=$1 redis=$2 cache_mib=$3 postgres=$4 buffers_mib=$5

# The values are made where they are stored: on their way through Docker they would be in its memory. A fifth more than
# fits: the cache evicts from there on.
docker exec "$app" sh -c 'printf "%s\n" "$CACHE_USER"; cat "$CACHE_PASSWORD_FILE"; echo' |
  docker exec --interactive "$redis" sh -c 'read -r user; read -r REDISCLI_AUTH; export REDISCLI_AUTH
    key=0
    while [ $((key += 1)) -le "$1" ]; do printf "SET chat:bench:%s \"%16000s\"\n" "$key" x; done |
      redis-cli --no-auth-warning --user "$user"' sh $((cache_mib * 77)) >/dev/null

# Rows stay below the size that Postgres compresses; an INSERT keeps its pages in shared_buffers, a COPY would not.
docker exec --user=999 "$postgres" psql --quiet --no-psqlrc --username=postgres --dbname=postgres --command \
  "create table plimsoll_bench as select '' as filler limit 0;
   insert into plimsoll_bench select repeat(md5(n::text), 50) from generate_series(1, $buffers_mib * 700) n"
