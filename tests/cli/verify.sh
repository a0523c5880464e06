# A sound index, and damaged copies of it.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run verify -i my.idx
run verify -i my.idx -q
run verify -i my.idx --deep
for file in my.idx/*; do
    name=$(basename "$file")
    [ -s "$file" ] || continue # a lock holds nothing
    rm -rf bad.idx
    cp -r my.idx bad.idx
    size=$(wc -c <"bad.idx/$name")
    byte=$((size / 2))
    old=$(od -An -tu1 -j "$byte" -N 1 "bad.idx/$name" | tr -d ' ')
    # shellcheck disable=SC2059  # the format is the byte
    printf "\\$(printf %03o $((old ^ 255)))" |
        dd of="bad.idx/$name" bs=1 seek="$byte" conv=notrunc 2>/dev/null
    "$SUOYIN" verify -i bad.idx >out 2>&1
    status=$?
    [ $status = 2 ] && [ -s out ] || echo "a changed byte in $name: exit $status"
    cp "my.idx/$name" "bad.idx/$name"
    truncate -s "$byte" "bad.idx/$name"
    "$SUOYIN" verify -i bad.idx >out 2>&1
    status=$?
    [ $status = 2 ] && [ -s out ] || echo "a cut $name: exit $status"
done
