# Cards: rows aligned and folded by columns, no line that starts with a comma, no
# word cut in two, empty values shown, long lines without a good place cut.
. "$HELPERS"
cat >a.jsonl <<'END'
{"id":"1","section":"经济","item":"招商","unit":["区商投局","区财政局","区发展和改革局"],"status":"","next":"一二三四五六七八九十一二三四，完成supercalifragilistic指标 and some more English words。\n第二段"}
{"id":"2","next":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
END
make_index a.jsonl
COLUMNS=40
export COLUMNS
run query -i my.idx --card '*'
"$SUOYIN" query -i my.idx -0 --card --fields unit '*' | tr '\0' '#'
echo
COLUMNS=80
run query -i my.idx --card --fields next key:1
# A member of a group: the card says by way of which value it was found.
printf '[groups]\n各镇街 = 东山镇, 西山镇\n' >names
printf '{"id":"g","unit":["区商投局","各镇街"]}\n' >g.jsonl
"$SUOYIN" index -q -i g.idx --aliases names g.jsonl
run query -i g.idx --card unit:东山镇
run query -i g.idx --json unit:东山镇
# Number and mark of a goal stand in its key, and so in no row of their own.
make_ledger >l.txt
"$SUOYIN" index -q -i l.idx l.txt
run query -i l.idx --card --color=never key=2③
