# Sourced by what puts nginx's certificate and key into its volume. Both change at once: what nginx reads are links through
# `pair`, and one rename turns that to another folder, which is named by what it holds.
store_pair() { # FOLDER UID CERTIFICATE KEY; tells the pair's name
  stored=pair-$(cat "$3" "$4" | sha256sum | cut -c 1-12)
  if [ ! -d "$1/$stored" ]; then
    rm -rf "$1/$stored.new"
    mkdir -m 0700 "$1/$stored.new"
    cat "$3" >"$1/$stored.new/certificate.pem"
    cat "$4" >"$1/$stored.new/key.pem"
    chmod 0400 "$1/$stored.new/certificate.pem" "$1/$stored.new/key.pem"
    chown -R "$2:0" "$1/$stored.new"
    chmod 0500 "$1/$stored.new"
    sync
    mv -T "$1/$stored.new" "$1/$stored"
  fi
  echo "$stored"
}
use_pair() { # FOLDER PAIR
  point "$1/pair" "$2"
  for file in certificate.pem key.pem; do point "$1/$file" "pair/$file"; done
}

# A link at PATH in the place of whatever is there.
point() { # PATH TO
  if [ "$(readlink "$1" || :)" = "$2" ]; then return; fi
  rm -f "$1.new"
  ln -s "$2" "$1.new"
  mv -fT "$1.new" "$1"
}

current_pair() { readlink "$1/pair" || :; } # FOLDER

drop_other_pairs() { # FOLDER
  rm -f "$1/previous"
  for each in "$1"/pair-*; do
    if [ "${each##*/}" != "$(current_pair "$1")" ]; then rm -rf "$each"; fi
  done
}
