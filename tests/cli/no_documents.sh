# What lies among the documents and is none: the files of the index itself, a schema.
. "$HELPERS"
make_records
printf '{"fields":[{"name":"leader","label":"分管领导","kind":"names"}]}\n' >schema.json
run index -i . .
run index -i . --schema schema.json .
run query -i . -c '*'
printf '{"fields":[{"name":"item","label":"工作"}]}\n' >schema.json
run index -q -i . --schema schema.json .
printf '{"fields":[{"name":"note"}]}\n' >schema.json
run index -q -i . --schema schema.json .
run query -i . --card --fields item 'key:x'
printf 'a\377b' >c.jsonl
run index -q -i . c.jsonl
