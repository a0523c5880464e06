# Each example of docs/query-language.md finds what the page says.
. "$HELPERS"
awk '/^## / { on = $0 == "## Examples" } on && /^```/ { code = !code; next } on && code' \
    "$TOP/docs/query-language.md" >examples.jsonl
awk '/^## / { on = $0 == "## Names" } on && /^```$/ { code = !code; next } on && code' \
    "$TOP/docs/query-language.md" >names
"$SUOYIN" index -q -i my.idx --aliases names examples.jsonl || echo "index: exit $?"
awk -F ' \\| ' '/^## / { on = $0 == "## Examples" } on && /^\| `/ { sub(/^\| `/, ""); sub(/`$/, "", $1); gsub(/\\\|/, "|", $1); print $1 "\t" $2 }' \
    "$TOP/docs/query-language.md" >table
n=0
while IFS="$(printf '\t')" read -r query want; do
    n=$((n + 1))
    want=$(printf '%s' "$want" | sed 's/ *|.*//')
    got=$("$SUOYIN" query -i my.idx --keys -- "$query" 2>&1 | tr '\n' ' ' | sed 's/ $//')
    [ "$got" = "$want" ] || echo "$query finds '$got', not '$want'"
done <table
[ $n -gt 30 ] || echo "only $n examples"
echo done
