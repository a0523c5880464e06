# The Debian package: installs into a clean root, and works from there.
. "$HELPERS"
needs_release_build
command -v dpkg-shlibdeps >/dev/null || {
    echo 'skipped: make deb needs dpkg-dev'
    exit 0
}
# Uncompressed, for it is not kept.
DPKG_DEB_COMPRESSOR_TYPE=none MAKE=make "$TOP/packaging/deb.sh" 0.1.0 "$PWD" >made 2>&1 || cat made
package=$(echo suoyin_0.1.0_*.deb)
dpkg-deb -f "$package" Package Version
for needed in libc6 libicu libxml2 libxxhash libzip; do
    dpkg-deb -f "$package" Depends | grep -q "\b$needed" || echo "does not depend on $needed"
done
dpkg-deb -c "$package" | awk '$2 != "root/root"'
mkdir -p root/var/lib/dpkg/updates root/var/lib/dpkg/info
: >root/var/lib/dpkg/status
# A clean root has nothing of what it depends on; the programs find that in this system.
dpkg --root="$PWD/root" --force-depends --force-not-root --log=/dev/null -i "$package" >said 2>&1 || cat said
dpkg-query --admindir=root/var/lib/dpkg -W -f '${Package} ${Status}\n'
(cd root && md5sum --quiet -c "var/lib/dpkg/info/suoyin.md5sums")
make_records
root/usr/bin/suoyin index -q -i my.idx a.jsonl b.jsonl
root/usr/bin/suoyin query -i my.idx --keys unit:区商投局
root/usr/bin/suoyin verify -i my.idx
ls root/usr/share/man/man1/suoyin.1.gz root/usr/lib/*/pkgconfig/suoyin.pc >/dev/null
