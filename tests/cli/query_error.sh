# A query that cannot be read: the place, and what was expected.
. "$HELPERS"
make_records
make_index a.jsonl
run query -i my.idx 'unit:('
run query -i my.idx '"资金'
run query -i my.idx 资金 '存在问题：（无'
run query -i my.idx '/资.*'
run query -i my.idx ''
