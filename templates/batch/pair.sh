# Sourced by what puts nginx's certificate and key into its volume. Both change at once: what nginx reads are links through
# `pair`, and one rename turns that to another folder, which is named by what it holds.
put_pair() { # FOLDER UID CERTIFICATE KEY
  pair=pair-$(cat "$3" "$4" | sha256sum | cut -c 1-12)
  if [ ! -d "$1/$pair" ]; then
    rm -rf "$1/$pair.new"
    mkdir -m 0700 "$1/$pair.new"
    cat "$3" >"$1/$pair.new/certificate.pem"
    cat "$4" >"$1/$pair.new/key.pem"
    chmod 0400 "$1/$pair.new/certificate.pem" "$1/$pair.new/key.pem"
    chown -R "$2:0" "$1/$pair.new"
    chmod 0500 "$1/$pair.new"
    sync
    mv -T "$1/$pair.new" "$1/$pair"
  fi
  point "$1/pair" "$pair"
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
