# Names and keywords by pinyin.
. "$HELPERS"
cat >schema.json <<'J'
{"fields":[{"name":"leader","label":"分管领导","kind":"keyword","pinyin":true}]}
J
cat >a.jsonl <<'J'
{"id":"1","section":"招商引资","unit":["区财政局","区商投局"],"leader":"吕重行","status":"资金短缺"}
{"id":"2","section":"银行（保险）","unit":"西安街道","leader":"曾乐","status":"caizheng"}
{"id":"3","section":"ＧＤＰ增速","unit":"县財政局","leader":"单 雄信。","status":"无"}
{"id":"4","unit":["区财政局二科"],"leader":"","status":"财政"}
J
make_index --schema schema.json a.jsonl
for q in py:caizheng py:czj 'py:caiz*' py:caiz py=qczj 'PinYin：ＣÁＩＺＨÈＮＧ' 拼音：czj py:yinhang py:yinxing \
    py:bx py:yhbx py:zsyz py:zhshyz py:zhaosyz py:lvchongxing py:luzhong py:lu:zh py:zengyue py:cengle \
    py:shanxiongxin py=sxx py:gdpzengs 'py:gdpzengs*' "py:xi'an" 'py:“xi an”' 'py:xi‘an’' py:xian py:x \
    '-py:x' 'py:(bx OR sxx)' '{py,status}:caizheng' 'py:czj -py:xian' 'py:czj^2 财政' 'py:zijin'; do
    printf '%s =>' "$q"
    "$SUOYIN" query -i my.idx --keys -- "$q" 2>&1 | tr '\n' ' ' | sed 's/^/ /; s/ $//'
    echo
done
# -w changes nothing; ranked, it adds its boost; the places are those of the characters.
run query -i my.idx --keys -w py:cz
run query -i my.idx --json --fields unit,leader 'py:lu OR py:sxx^3' -k 9
run query -i my.idx --card --color=always --fields unit,leader 'py:cz py:lu' | visible
run query -i my.idx -c --count-by unit py:cz
explain -c 'py:czj py:zaizheng'
explain -c "py:qucái'zhenju"
printf 'py:czj\npy:\npy:区\n' | run query -i my.idx --batch - | sed 's/"us":[0-9.]*/"us":U/'
for q in py: 'py:*' 'py:c?j' 'py=czj*' py:财政 py:cai-zheng py:czj~1 pi:czj; do
    run query -i my.idx "$q"
done
"$SUOYIN" query -i my.idx "py:$(printf 'a%.0s' $(seq 65))" 2>&1 | tail -n 1
# No field is open: by the schema, and then again.
echo '{"fields":[{"name":"unit","pinyin":false},{"name":"section","pinyin":false},{"name":"support","pinyin":false}]}' >closed.json
"$SUOYIN" index -q -i closed.idx --schema closed.json a.jsonl
run query -i closed.idx py:czj
"$SUOYIN" index -q -i closed.idx a.jsonl
run query -i closed.idx -c py:czj
"$SUOYIN" index -q -i closed.idx --rebuild a.jsonl
run query -i closed.idx -c py:czj
"$SUOYIN" index -q -i closed.idx --schema schema.json a.jsonl
run query -i closed.idx --keys 'py:lvchong OR py:xia'
echo '{"fields":[{"name":"status","pinyin":true}]}' >bad.json
run index -q -i bad.idx --schema bad.json a.jsonl
# With Traditional characters kept, and where a field has the name.
sed 's/"status"/"py"/' a.jsonl >b.jsonl
"$SUOYIN" index -q -i kept.idx --keep-variants --schema schema.json b.jsonl
run query -i kept.idx --keys 'pinyin:xiancaizheng'
run query -i kept.idx --keys 'py:财政'
