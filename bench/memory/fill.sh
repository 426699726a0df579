# Fills the stores to what they were promised. Arguments: APP, REDIS, its MiB, POSTGRES, its MiB (containers' names).
set -eu
app=$1 redis=$2 cache_mib=$3 postgres=$4 buffers_mib=$5

user=$(docker exec "$app" printenv CACHE_USER)
{
  docker exec "$app" sh -c 'cat "$CACHE_PASSWORD_FILE"; echo'
  # A fifth more than fits: the cache evicts from there on.
  awk -v count=$((cache_mib * 77)) 'BEGIN {
    value = "x"; while (length(value) < 16000) value = value value
    value = substr(value, 1, 16000)
    for (key = 1; key <= count; key++) print "SET chat:bench:" key " " value
  }'
} | docker exec --interactive "$redis" sh -c \
  'read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli --no-auth-warning --user "$1"' sh "$user" >/dev/null

# Rows stay below the size that Postgres compresses; an INSERT keeps its pages in shared_buffers, a COPY would not.
docker exec --user=999 "$postgres" psql --quiet --no-psqlrc --username=postgres --dbname=postgres --command \
  "create table plimsoll_bench as select '' as filler limit 0;
   insert into plimsoll_bench select repeat(md5(n::text), 50) from generate_series(1, $buffers_mib * 700) n"
