# Output that cannot be written is an error.
. "$HELPERS"
make_records
make_index a.jsonl
for args in "query -i my.idx -c 无" "query -i my.idx 无" "info -i my.idx" "verify -i my.idx" "--help" "--version"; do
    # shellcheck disable=SC2086  # a list of words
    "$SUOYIN" $args 2>&1 >/dev/full
    echo "exit $?"
done
echo 资金 | "$SUOYIN" segment 2>&1 >/dev/full
echo "exit $?"
# A reader that goes away ends the program quietly.
"$SUOYIN" query -i my.idx '*' | true
