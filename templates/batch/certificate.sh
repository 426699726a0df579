# Gives nginx's volume a certificate that was renewed on the server. Exit 3: something that the operator can put right.
#   take FOLDER UID CERTIFICATE KEY   checks the pair and puts it into FOLDER; tells `new` where nginx has yet to read it
#   give-back FOLDER                  the pair that was there before; tells which there is now
#   serves FOLDER PORT SECONDS        waits until the port serves the certificate in FOLDER; exit 1 if it does not
#   settle FOLDER DAYS                the pair stays, others go; refuses one that ends within DAYS
set -eu
umask 077

refuse() { # KEY TEXT
  echo "tls.$1: $2" >&2
  exit 3
}
# The server's own files are below this folder.
shown() { echo "${1#/host}"; }
date_of() { openssl x509 -noout "-$2" -in "$1" | cut -d = -f 2-; } # CERTIFICATE startdate|enddate

require_file() { # KEY PATH
  [ -r "$2" ] || refuse "$1" "must be a file on the server, got none at $(shown "$2"); look what renews it, or correct the config"
}
require_pair() { # CERTIFICATE KEY
  command -v openssl >/dev/null || refuse certificate "nginx's image must have openssl, got one without; ./plimsoll up brings a newer one"
  require_file certificate "$1"
  require_file key "$2"
  openssl x509 -noout -in "$1" 2>/dev/null ||
    refuse certificate "must be a certificate in PEM, got something else in $(shown "$1"); look what renews it"
  openssl pkey -noout -in "$2" -passin pass: 2>/dev/null ||
    refuse key "must be a private key in PEM without a password, got something else in $(shown "$2"); look what renews it"
  [ "$(openssl x509 -noout -pubkey -in "$1")" = "$(openssl pkey -pubout -in "$2" -passin pass:)" ] ||
    refuse key "must be the key of the certificate, got one of another in $(shown "$2"); renew both together"
}
require_dates() { # CERTIFICATE
  [ "$(date -d "$(date_of "$1" startdate)" +%s)" -le "$(date +%s)" ] ||
    refuse certificate "must be good now, got one from $(date_of "$1" startdate) on in $(shown "$1"); look at the server's clock"
  openssl x509 -noout -checkend 0 -in "$1" >/dev/null ||
    refuse certificate "must be good now, got one that ended $(date_of "$1" enddate) in $(shown "$1"); renew it there"
}

take() { # FOLDER UID CERTIFICATE KEY
  require_pair "$3" "$4"
  require_dates "$3"
  before=$(current_pair "$1")
  pair=$(store_pair "$@")
  # One that a killed run has left is the one that nginx is known to accept.
  if [ -n "$before" ] && [ "$before" != "$pair" ] && [ ! -L "$1/previous" ]; then point "$1/previous" "$before"; fi
  use_pair "$1" "$pair"
  if [ "$before" != "$pair" ] || [ -L "$1/previous" ]; then echo new; fi
}

give_back() { # FOLDER
  previous=$(readlink "$1/previous" || :)
  if [ -z "$previous" ]; then
    echo "there is none before it"
    return
  fi
  use_pair "$1" "$previous"
  drop_other_pairs "$1"
  echo "the one before is back"
}

fingerprint() { openssl x509 -noout -fingerprint -sha256 2>/dev/null; }
serves() { # FOLDER PORT SECONDS
  wanted=$(fingerprint <"$1/certificate.pem")
  left=$3
  until [ "$(timeout 10 openssl s_client -connect "127.0.0.1:$2" </dev/null 2>/dev/null | fingerprint)" = "$wanted" ]; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 1
  done
}

settle() { # FOLDER DAYS
  drop_other_pairs "$1"
  openssl x509 -noout -checkend $(($2 * 86400)) -in "$1/certificate.pem" >/dev/null ||
    refuse certificate "must be good for $2 days more, got one that ends $(date_of "$1/certificate.pem" enddate); look why it was not renewed"
}

verb=$1
shift
case $verb in
  take) take "$@" ;;
  give-back) give_back "$@" ;;
  serves) serves "$@" ;;
  settle) settle "$@" ;;
esac
