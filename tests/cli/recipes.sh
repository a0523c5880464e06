# Every block of docs/recipes.md, in its order.
. "$HELPERS"
for program in jq xargs comm; do
    command -v $program >/dev/null || {
        echo "skipped: there is no $program"
        exit 0
    }
done
mkdir bin corpus
ln -s "$SUOYIN" bin/suoyin
cp "$CORPUS"/*.txt "$CORPUS"/README.md corpus
PATH=$PWD/bin:$PATH
LC_ALL=C.UTF-8
export PATH LC_ALL
awk '/^## / { title = $0 } /^```sh$/ { n++; out = sprintf("recipe-%02d.sh", n); print "echo \"" title "\"" >out; on = 1; next }
     /^```$/ { on = 0 } on { print >out }' "$TOP/docs/recipes.md"
for recipe in recipe-*.sh; do
    sh -e "$recipe" || echo "exit $?"
done
