# -k: the best records first.
. "$HELPERS"
cat > r.jsonl <<'END'
{"id":"1","title":"道路","text":"资金短缺，工期延误。"}
{"id":"2","title":"资金","text":"资金资金资金，短缺。"}
{"id":"3","title":"学校","text":"出现了短缺的情况，需要资金。"}
{"id":"4","title":"医院","text":"没有问题。"}
{"id":"5","title":"道路","text":"资金短缺，工期延误。"}
END
make_index r.jsonl
run query -i my.idx -k 9 --keys 资金
run query -i my.idx -k 2 --keys 资金
run query -i my.idx -k 2 --offset 1 --keys 资金
run query -i my.idx -k 9 --keys 资金短缺
run query -i my.idx -k 9 --keys '资金 OR 医院^9'
run query -i my.idx -k 9 --keys --any '医院的资金在哪里'
run query -i my.idx -k 9 --keys --any '医院的资金在哪里 -道路'
run query -i my.idx -k 9 --keys nosuchword
# Marks are no parts: such a term counts as a whole.
run query -i my.idx -k 9 --keys --any '。'
run query -i my.idx -k 9 --keys --any '、 医院'
run query -i my.idx -k 2 --keys '。 OR 医院'
run query -i my.idx -k 2 -c 资金
run query -i my.idx -k 1 --json --fields title 资金
run query -i my.idx -k 3 -l 资金
run query -i my.idx -k 3 --count-by title 资金
run query -i my.idx -k 0 资金
run query -i my.idx -k
echo 资金 | "$SUOYIN" query -i my.idx -k 2 --keys --batch - | sed 's/"us":[0-9]*/"us":N/'
# More sets of fields than have codes: what stands in no field that is wanted is no hit.
awk 'BEGIN { for (set = 1; set < 512; set++) {
    printf "{\"id\":\"%d\"", set
    for (f = 0; f < 9; f++)
        printf ",\"f%d\":\"%s\"", f, int(set / 2 ^ f) % 2 ? "人民 law" : "别的"
    print "}"
} }' >sets.jsonl
run index -i sets.idx sets.jsonl
run query -i sets.idx -c f0:人民
"$SUOYIN" query -i sets.idx --any -k 999 --keys f0:人民 | wc -l
"$SUOYIN" query -i sets.idx --any -k 999 --keys f0:law | wc -l
echo '{"fields":[{"name":"f8","weight":8}]}' >heavy.json
run index -i sets.idx --schema heavy.json sets.jsonl
"$SUOYIN" query -i sets.idx -k 999 --keys '人民 OR law' | head -n 20 >all
"$SUOYIN" query -i sets.idx -k 20 --keys '人民 OR law' | cmp - all
# A field's weight, given with the first index and changed later.
cat > w.jsonl <<'JSON'
{"id":"1","title":"公园","text":"道路道路道路。"}
{"id":"2","title":"道路","text":"公园很大，水面很宽。"}
JSON
run index -i w.idx w.jsonl
run query -i w.idx -k 2 --keys 道路
echo '{"fields":[{"name":"title","weight":8}]}' > weight.json
run index -i w.idx --schema weight.json w.jsonl
run query -i w.idx -k 2 --keys 道路
run query -i w.idx -k 2 --keys text:道路
"$SUOYIN" info -i w.idx | grep title
"$SUOYIN" info -i w.idx --json | grep -o '{"name":"title"[^}]*}'
echo '{"fields":[{"name":"title","weight":"8"},{"name":"text","weight":99}]}' > weight.json
run index -i w.idx --schema weight.json w.jsonl
