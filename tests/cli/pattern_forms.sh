# Wildcards, edits, proximity, ranges, lists of fields, boosts.
. "$HELPERS"
cat >schema.json <<'END'
{"fields":[{"name":"amount","label":"金额","kind":"number"},{"name":"due","label":"期限","kind":"date"}]}
END
cat >a.jsonl <<'END'
{"id":"1","status":"资金短缺，进度缓慢","next":"good governance","amount":"1,200万元","due":"2023年6月30日"}
{"id":"2","status":"资源和资本金不足","next":"无","amount":"-3.5","due":"2023-01"}
{"id":"3","status":"区商招投资局的项目","next":"资金","amount":"88%","due":"2022/12/31"}
END
make_index --schema schema.json a.jsonl
for q in '资*金' 'status:*金' 'status:资?金' 'g?od' 'go*nance' 'goverance~1' 'govrnnce~1' 'govrnnce~2' '区商投资~1' \
    '"短缺 资金"~0' '"资金 缓慢"~4' '"资金 缓慢"~5' 'amount:80..1,200' 'amount:-4..0' 'due:2023..2023' \
    'due:2022-12-31..2023-01' 'line:2..3' '{status,next}:资金' '{status，next}=无' '资金^2 缓慢' 'amount:5..1' \
    '资金~1' 'status:1..2' '"资金"~x' '"资*金"'; do
    run query -i my.idx --keys "$q"
done
