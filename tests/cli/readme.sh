# The README's queries give the README's answers, on the index that the demo makes.
. "$HELPERS"
mkdir build
ln -s "$SUOYIN" build/suoyin
ln -s "$CORPUS" corpus
sh corpus/demo.sh build/suoyin corpus >/dev/null 2>&1 || echo "demo: exit $?"
readme=$CORPUS/../README.md
# The lines of the console blocks as they are, and as they come out now.
awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >wanted
grep '^\$ ' wanted | while read -r _ command; do
    printf '$ %s\n' "$command"
    eval "$command" 2>&1
done >got
[ -s got ] || echo 'no commands in the README'
diff -u wanted got
