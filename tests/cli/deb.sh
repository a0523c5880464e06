# The package of `make deb`: unpacked anywhere, its program indexes and answers.
. "$HELPERS"
needs_release_build
command -v dpkg-deb >/dev/null || { echo 'skipped: there is no dpkg-deb here'; exit 0; }
make -s -C "$TOP" deb >make.log 2>&1 || cat make.log
package=$(tail -n 1 make.log)
dpkg-deb -f "$TOP/$package" Package
dpkg-deb -f "$TOP/$package" Depends | grep -o 'libicu[0-9]*\|libxml2' | sed 's/[0-9]*$//'
dpkg-deb -x "$TOP/$package" tree
make_records
tree/usr/bin/suoyin index -q -i my.idx a.jsonl b.jsonl
tree/usr/bin/suoyin query -i my.idx -c '*'
find tree -type f -perm -002
