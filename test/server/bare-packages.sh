#!/bin/sh
# A hook of mmdebstrap's, with the new root and names of packages as its arguments: a repository on the disk itself, of
# what a host stack installs, so that no test waits for a mirror.
set -eu
root=$1
shift
chroot "$root" apt-get --yes --quiet --no-install-recommends --download-only install "$@"
mkdir "$root/srv/packages"
mv "$root"/var/cache/apt/archives/*.deb "$root/srv/packages/"
cd "$root/srv/packages"
for file in *.deb; do
  sum=$(sha256sum "$file")
  dpkg-deb --field "$file"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "${sum%% *}"
done >Packages
