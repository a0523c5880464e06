# The order of hits by a field.
. "$HELPERS"
cat >s.json <<'J'
{"fields":[{"name":"amount","label":"金额","kind":"number"},{"name":"day","label":"日期","kind":"date"},{"name":"no","label":"序号","kind":"keyword"},{"name":"t","label":"文","kind":"text"}]}
J
cat >r.jsonl <<'J'
{"id":"a","amount":"1,200万元","day":"2023年5月2日","no":"第10条","t":"乙 x"}
{"id":"b","amount":"80","day":"2022-12-31","no":"第9条","t":"甲 x"}
{"id":"c","amount":"未定","no":"第９条","t":"x"}
{"id":"d","amount":"-5.5","day":"2023/5/1","no":"","t":["","丙 x"]}
{"id":"e","day":"","no":"第010条","t":"甲 x"}
J
"$SUOYIN" index -q -i my.idx --schema s.json r.jsonl
run query -i my.idx --keys --sort amount x
run query -i my.idx --keys --sort 金额:desc x
run query -i my.idx --keys --sort day x
run query -i my.idx --keys --sort day:desc -n 2 x
run query -i my.idx --keys --sort no x
run query -i my.idx --keys --sort no:desc --offset 1 x
run query -i my.idx --keys --sort t:asc x
run query -i my.idx --keys --sort line:desc x
run query -i my.idx --keys --sort key:desc x
run query -i my.idx -c --sort key x
run query -i my.idx --keys --sort nothing x
run query -i my.idx --sort t -k 3 x
run query -i my.idx --sort t -l x
run query -i my.idx --sort t 没有的
