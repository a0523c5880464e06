#!/bin/sh
# packaging/deb.sh TREE VERSION OUT - a Debian package of the tree that `make install
# DESTDIR=TREE PREFIX=/usr` made. Depends on the packages whose libraries its programs
# are linked with.
set -eu

tree=$1
version=$2
out=$3
arch=$(dpkg --print-architecture)

# Name and least version of the package of each shared library that is needed.
depends() {
    for file in "$tree"/usr/bin/* "$tree"/usr/libexec/suoyin/* "$tree"/usr/lib/*.so; do
        ldd "$file" 2>/dev/null || true
    done | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
        dpkg -S "$(readlink -f "$library")" 2>/dev/null || dpkg -S "$library" 2>/dev/null || true
    done | cut -d: -f1 | sort -u | while read -r package; do
        dpkg-query -W -f '${Package} (>= ${Version})\n' "$package"
    done | sed 's/-[^-]*)$/)/' | paste -s -d, | sed 's/,/, /g'
}

mkdir -p "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<END
Package: suoyin
Version: $version
Architecture: $arch
Maintainer: The suoyin developers <suoyin@localhost>
Section: text
Priority: optional
Depends: $(depends)
Suggests: antiword, catdoc, poppler-utils
Description: full-text index and query tool for Chinese records with fields
 Finds every record of a ledger, table or other collection that holds a text,
 exactly as grep would, and knows a bureau by all its names.
END
printf 'activate-noawait ldconfig\n' >"$tree/DEBIAN/triggers"
dpkg-deb --root-owner-group --build "$tree" "$out" >/dev/null
echo "$out"
