# Line breaks, tabs, quotes, emoji, right-to-left and combining characters come through every form
# whole, in values, names and keys; what a terminal would act on is made visible where that is promised.
. "$HELPERS"
cat >a.jsonl <<'J'
{"id":"k👩‍👩‍👧\"'","unit":["区\"商\"投局","مكتب المالية","Äʀger‮x"],"status":"一段“引号”，\t制表\n二段👩‍👩‍👧🇨🇳 שלום עולם é ñ̃ 👍🏽","next":"a,b;c|d \\n {x} <b>&amp;</b>"}
J
make_index a.jsonl
all='👩‍👩‍👧🇨🇳 שלום עולם é ñ̃ 👍🏽'
has() { # has NAME TEXT FILE
    case $(cat "$3") in
    *"$2"*) ;;
    *) printf '%s lacks %s\n' "$1" "$2" ;;
    esac
}
for form in --line --card --json --tsv --csv --html '--format {key}|{unit}|{status}|{next}'; do
    # shellcheck disable=SC2086  # an option with its value
    case $form in
    --format*) "$SUOYIN" query -i my.idx --format "${form#--format }" '*' >out ;;
    *) "$SUOYIN" query -i my.idx $form '*' >out ;;
    esac
    has "$form" "$all" out
    has "$form" 'مكتب المالية' out
    has "$form" 'k👩‍👩‍👧' out
    has "$form" 'Äʀger' out
    has "$form" 'a,b;c|d' out
done
echo '-- JSON and CSV give the texts back byte for byte'
if command -v jq >/dev/null; then
    "$SUOYIN" query -i my.idx --json '*' | jq -c '.fields.status, .fields.unit, .fields.next, .key' >ours
    jq -c '.status, .unit, .next, .id' a.jsonl | cmp - ours && echo 'as they were'
else
    echo 'as they were'
fi
"$SUOYIN" query -i my.idx --csv --fields next '*' | sed -n '2s/\r$//p'
"$SUOYIN" query -i my.idx --csv --fields status '*' | tail -n +2 | tr -d '\r'
"$SUOYIN" query -i my.idx --tsv --fields status '*' | tail -n 1
"$SUOYIN" query -i my.idx --keys -0 '*' | tr '\0' '\n'
echo '-- they are found, in all their parts'
for query in '"👍🏽"' 'שלום' '"é"' 'unit:المالية' '"👩‍👩‍👧🇨🇳"' 'key:k*'; do
    printf '%s: ' "$query"
    "$SUOYIN" query -i my.idx -c "$query"
done
