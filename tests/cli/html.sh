# --html: one page, whatever the texts have in them.
. "$HELPERS"
cat >a.jsonl <<'J'
{"id":"<1>","status":"资金 & \"<script>alert(1)</script>\"\n第二段\u001b[31m","unit":["区商投局","区财政局<b>"]}
{"id":"2","status":"资金短缺","unit":"区商投局"}
{"id":"3","status":"无","unit":"区住建局"}
J
make_index a.jsonl
run query -i my.idx --html '"资金"' | sed '/<style>/d'
run query -i my.idx --html -n 1 -C 1 --fields status '"资金"' '区商投局' | sed '/<style>/d'
run query -i my.idx --html nothing | sed '/<style>/d'
printf '\n一、板块\n\t序号\n\t年度工作目标\n\t责任单位\n\n\t1\n\t①甲事。\n②乙事。\n\t区发改局\n' >l.txt
"$SUOYIN" index -q -i l.idx l.txt
run query -i l.idx --html --group row '*' | sed '/<style>/d'
# The page stands by itself.
"$SUOYIN" query -i my.idx --html '*' | grep -c 'http\|src=\|href=' || :
