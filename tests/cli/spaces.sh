# A space between Han is none, also where it stands at the end of what was spelt of a long text at
# first: here are spaces behind any number of codes, and what follows them is too rare for a phrase.
. "$HELPERS"
awk 'BEGIN {
    han = "天地人和日月山水风云花草树木春夏秋冬东南西北"
    for (n = 1; n <= 400; n++) {
        text = ""
        for (i = 0; i < n; i++)
            text = text substr(han, 1 + 3 * ((i * i * 7 + i * n + n * 13) % 22), 3)
        printf "{\"id\":\"%d\",\"status\":\"%s的短  \\u%04x，短 a\"}\n", n, text, 19968 + n * 3
    }
    print "{\"id\":\"with\",\"status\":\"的短 a缺\"}"
}' >s.jsonl
make_index s.jsonl
for query in '"的短 "' '"的短  "' '"的短 a"' '/的短 /'; do
    run query -i my.idx --keys "$query"
done
run query -i my.idx -c '"的短"'
