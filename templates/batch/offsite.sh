# Sourced by the scripts that go to the repository elsewhere. Arguments: REPOSITORY HOST, and those of the script.
# What lets restic in is in files of its own: variables and arguments are read by whoever lists processes.
# Exit 3: something that the operator can put right.
set -euo pipefail
umask 077
repository=$1 host=$2
shift 2
# Of this environment: others may use the same repository.
own=(--host="$host" --tag=plimsoll)
workspace=$(mktemp -d)
export RESTIC_PASSWORD_FILE=/run/secrets/repository-password RESTIC_REPOSITORY_FILE=$workspace/repository
options=(--quiet --no-cache --compression=off --retry-lock=5m)

refuse_repository() { echo "repository $repository: $1" >&2; exit 3; }
secret() { cat "/run/secrets/$1"; }

# First of all, once the run is noted.
let_in() {
  case $repository in
    s3:*)
      printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
        "$(secret access-key-id)" "$(secret secret-access-key)" >"$workspace/aws"
      export AWS_SHARED_CREDENTIALS_FILE=$workspace/aws
      ;;
    sftp:*)
      options+=(--option="sftp.args=-i /run/secrets/ssh-key -o IdentitiesOnly=yes -o BatchMode=yes \
-o StrictHostKeyChecking=yes -o UserKnownHostsFile=/run/secrets/ssh-known-hosts -o ConnectTimeout=30 -o ServerAliveInterval=30")
      ;;
    rest:*@*)
      # Every byte as %XX: none ends it before its @.
      password=$(secret rest-password | tr -d '\n' | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')
      repository_url=${repository%%@*}:$password@${repository#*@}
      ;;
    /*) repository_url=/repository ;;
  esac
  printf '%s' "${repository_url:-$repository}" >"$RESTIC_REPOSITORY_FILE"
}

call() { restic "${options[@]}" "$@"; }
# Runs restic; what it cannot do is told in its own words.
must() { # RULE ARGUMENT...
  rule=$1
  shift
  call "$@" 2>"$workspace/said" || explain "$?"
}
explain() { # EXIT_CODE
  case $1 in
    11) refuse_repository "must be free, got a lock of somebody else's for 5 minutes; wait for it, or see who has it" ;;
    12) refuse_repository "must open with its password, got another one in offsite/repository-password; put the right one there with ./plimsoll secrets set" ;;
  esac
  # What it has tried again and again, or what made it end at once.
  words=$(grep ' retrying after ' "$workspace/said" | tail -n 1 | sed 's/^.* retrying after [^:]*: //' || :)
  [ -n "$words" ] || words=$(grep -m 1 '^Fatal:' "$workspace/said" || tail -n 1 "$workspace/said")
  refuse_repository "$rule, got ${words#Fatal: }; look at it, and at the secrets that let us in"
}

# One that does not answer is not one that is not there: only an exit code of its own says that.
is_there() {
  code=0
  rule='must answer'
  # By itself restic would try for a quarter of an hour.
  timeout 60 restic "${options[@]}" cat config >/dev/null 2>"$workspace/said" || code=$?
  case $code in
    0) ;;
    10) return 1 ;;
    *) explain "$code" ;;
  esac
}
must_be_there() { is_there || refuse_repository "must be there, got none; ./plimsoll backup makes it with its first copy"; }

# Names of the backups in it, oldest first.
names() {
  must 'must list its snapshots' snapshots "${own[@]}" --no-lock --json >"$workspace/snapshots"
  { grep -o '/backups/[0-9]\{8\}T[0-9]\{6\}Z"' "$workspace/snapshots" || :; } | tr -d '"' | sed 's,.*/,,' | sort -u
}
