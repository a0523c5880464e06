# -C: what is around matches, in whole characters, and nothing else.
. "$HELPERS"
cat >a.jsonl <<'J'
{"id":"1","status":"上半年项目资金没有到位，施工方垫资，下半年资金仍缺三百万元。\n","next":"向上争取资金","unit":["区商投局","区财政局"]}
{"id":"2","status":"资金","note":["甲方资金已到","乙方未到"],"item":"e\u0301资e\u0301金e\u0301"}
J
printf '{"id":"3","status":"说👨\\u200d👩\\u200d👧好，🇨🇳🇫🇷旗👍🏽吧"}\n' >>a.jsonl
make_index a.jsonl
run query -i my.idx -C 2 '"资金"'
run query -i my.idx -C 0 '"资金"'
run query -i my.idx -C 3 --fields key,status,item '"资金"'
run query -i my.idx -C 100 key:2
run query -i my.idx -C 2 --card unit:商投局 '"资金"'
run query -i my.idx -C 2 --color=always '"资金"' | visible
run query -i my.idx -C 1 'item:资'
for word in 好 旗 吧 说; do
    run query -i my.idx -C 1 "\"$word\""
done
run query -i my.idx -C 3 '"旗"'
run query -i my.idx -C 1 '*'
run query -i my.idx -C 3 --json 资金
run query -i my.idx -C -1 资金
run query -i my.idx -C 4000000 资金
