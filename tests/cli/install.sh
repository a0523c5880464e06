# The installed tree: complete, works where it lies, and its library gives what its
# header names and no more. Uninstalling leaves nothing.
. "$HELPERS"
needs_release_build
root=$PWD/tree
install_tree() { make -s -C "$TOP" "$1" DESTDIR="$root" PREFIX=/opt/tree >make.log 2>&1 || cat make.log; }
install_tree install
(cd "$root" && find . ! -type d | LC_ALL=C sort | grep -v -e /docs/ -e /man/)
for page in "$TOP"/man/*; do
    [ -s "$root/opt/tree/share/man/man${page##*.}/${page##*/}" ] || echo "not installed: $page"
done

echo '-- the program, called through a link, finds the indexer of its tree'
make_records
ln -s "$root/opt/tree/bin/suoyin" here
./here index -q -i my.idx a.jsonl b.jsonl
./here query -i my.idx -c '*'
echo '-- and its messages in Chinese, from both programs'
LC_ALL='' LANG=zh_CN.UTF-8 ./here query -i no.idx a 2>&1
LC_ALL='' LANG=zh_CN.UTF-8 ./here index -i my.idx a.jsonl 2>&1

echo '-- exported names are those of the header'
header=$root/opt/tree/include/suoyin.h
grep "^SUOYIN_API" "$header" | grep -o '\bsuoyin_[a-z_]*(' | tr -d '(' | sort -u >declared
names() { sed -n 's/^[0-9a-f]* [A-Z] //p' | sort; }
nm -D --defined-only "$root/opt/tree/lib/libsuoyin.so" | names >shared
nm -g --defined-only "$root/opt/tree/lib/libsuoyin.a" | names >static
diff declared shared && diff declared static && [ -s declared ] || echo 'they differ'
readelf -d "$root/opt/tree/lib/libsuoyin.so" | sed -n 's/.*soname: //p'

echo '-- the header alone, in C and C++, and the example with it'
export PKG_CONFIG_PATH=$root/opt/tree/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
cc -std=c99 -Wall -Wextra -Wconversion -Werror -fsyntax-only -x c "$header"
cc -fsyntax-only -Wall -Werror -x c++ "$header" 2>/dev/null || ! command -v g++ >/dev/null || echo 'not C++'
example=$root/opt/tree/share/doc/suoyin/examples/find.c
# shellcheck disable=SC2046  # lists of flags
cc -std=c99 -Wall -Wextra -Wconversion -Werror "$example" $(pkg-config --cflags --libs suoyin) -o find
# Only this library is linked statically, with what it needs.
# shellcheck disable=SC2046
cc -std=c99 "$example" $(pkg-config --cflags suoyin) "$root/opt/tree/lib/libsuoyin.a" \
    $(env -u PKG_CONFIG_SYSROOT_DIR pkg-config --libs --static suoyin | sed 's/-L[^ ]*opt[^ ]*//; s/-lsuoyin//') -o find-static
try() {
    for program in 'env LD_LIBRARY_PATH='"$root"'/opt/tree/lib ./find' ./find-static; do
        status=0
        $program "$@" >out.${program##*find} 2>&1 || status=$?
        echo "exit $status" >>out.${program##*find}
    done
    cat out.
    diff out. out.-static
}
try my.idx 资金
try my.idx 无此事
try my.idx 'unit:(a'
try no.idx a

echo '-- uninstalled'
install_tree uninstall
find "$root" ! -type d
find "$root" -name suoyin
