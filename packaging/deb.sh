#!/bin/sh
# packaging/deb.sh VERSION OUT - a Debian package of what `make install` installs, with
# the dependencies that the programs and the library have on this system: OUT/suoyin_*.deb.
# For one's own machines, not for the archive of Debian, which splits such a tree into
# program, library and development files.
set -eu
version=$1
out=$2
for command in dpkg-deb dpkg-shlibdeps strip; do
    command -v $command >/dev/null || {
        echo "make deb needs '$command': apt-get install dpkg-dev" >&2
        exit 1
    }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/suoyin-deb-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
tree=$work/tree
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
"${MAKE:-make}" -s -C "$(dirname "$0")/.." install DESTDIR="$tree" PREFIX=/usr LIBDIR="/usr/lib/$triplet"

strip "$tree/usr/bin/suoyin" "$tree/usr/libexec/suoyin/suoyin-index"
strip --strip-unneeded "$tree/usr/lib/$triplet"/libsuoyin.so.*.*
strip --strip-debug "$tree/usr/lib/$triplet/libsuoyin.a"
gzip -9n "$tree"/usr/share/man/man*/*
mv "$tree/usr/share/doc/suoyin/LICENSE" "$tree/usr/share/doc/suoyin/copyright"
find "$tree" -type d -exec chmod 755 {} +

mkdir -p "$work/debian" "$tree/DEBIAN"
printf 'Source: suoyin\n\nPackage: suoyin\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/suoyin tree/usr/libexec/suoyin/suoyin-index \
    tree/usr/lib/*/libsuoyin.so.*.*.* 2>"$work/said") || { cat "$work/said" >&2; exit 1; }
cat >"$tree/DEBIAN/control" <<END
Package: suoyin
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: suoyin maintainers <maintainers@localhost>
Installed-Size: $(du -sk "$tree/usr" | cut -f1)
Depends: ${depends#shlibs:Depends=}
Suggests: libicu-dev, libxml2-dev, libxxhash-dev, libzip-dev, poppler-utils, antiword, catdoc
Section: text
Priority: optional
Description: full-text index and query tool for Chinese records with fields
 Reads ledgers and tables from Word, Excel, OpenDocument, HTML, CSV, text and
 JSON Lines into an index, and answers queries by field, exactly. With the
 library libsuoyin and what is needed to build with it.
END
printf 'activate-noawait ldconfig\n' >"$tree/DEBIAN/triggers"
(cd "$tree" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2 >DEBIAN/md5sums)
dpkg-deb --root-owner-group -b "$tree" "$out" >/dev/null
