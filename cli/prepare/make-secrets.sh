# Runs as root in a container with every secrets volume of an environment at /secrets/<service>.
# Arguments, repeated:  random SERVICE FILE UID | rotate SERVICE FILE UID | own SERVICE FILE UID
#                       copy SERVICE FILE UID FROM_SERVICE FROM_FILE
#                       pair SERVICE FILE UID HOST_CERTIFICATE HOST_KEY | acl SERVICE FILE UID OPERATOR USER... .
# In front of it stands templates/batch/pair.sh.
# What is there stays, unless it is to be rotated; what is missing is made, or told as `missing SERVICE/FILE`.
# No value is printed or passed as an argument of a program.
set -eu
umask 077

put() { # PATH UID, content on stdin: complete or not there
  cat >"$1.new"
  chown "$2:0" "$1.new"
  chmod 0400 "$1.new"
  mv "$1.new" "$1"
}

folder() { # SERVICE UID
  chown "$2:0" "/secrets/$1"
  chmod 0500 "/secrets/$1"
}

hash_of() { # PATH
  sum=$(sha256sum <"$1")
  echo "${sum%% *}"
}

made=0
while [ $# -gt 0 ]; do
  kind=$1 service=$2 path=/secrets/$2/$3 uid=$4
  shift 4
  folder "$service" "$uid"
  case $kind in
    random | rotate)
      if [ "$kind" = rotate ] || [ ! -s "$path" ]; then
        head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' | put "$path" "$uid"
        made=$((made + 1))
      fi
      ;;
    own)
      [ -s "$path" ] || echo "missing $service/${path##*/}"
      ;;
    copy)
      put "$path" "$uid" <"/secrets/$1/$2"
      shift 2
      ;;
    pair)
      for file in "$1" "$2"; do
        if [ ! -r "/host$file" ]; then
          echo "tls: $file must be a file on the server; put the certificate there or correct the config" >&2
          exit 3
        fi
      done
      stored=$(store_pair "${path%/*}" "$uid" "/host$1" "/host$2")
      use_pair "${path%/*}" "$stored"
      drop_other_pairs "${path%/*}"
      shift 2
      ;;
    acl)
      operator=$1
      shift
      users=
      while [ "$1" != . ]; do
        users="$users $1"
        shift
      done
      shift
      {
        echo "user default on nopass resetkeys resetchannels -@all +ping"
        echo "user $operator on #$(hash_of "/secrets/$service/operator-password") resetkeys resetchannels -@all +ping +info +config|get"
        for user in $users; do
          echo "user $user on #$(hash_of "/secrets/$user/cache-password") ~* &* +@all -@admin -@dangerous +info"
        done
      } | put "$path" "$uid"
      ;;
  esac
done
echo "made $made"
