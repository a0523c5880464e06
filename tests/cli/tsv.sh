# TSV: a header, escapes, missing and empty values alike.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --tsv --fields key,unit,status,next '*'
run query -i my.idx --tsv --fields key,unit nosuchword
"$SUOYIN" query -i my.idx --tsv x | head -n 1 | cut -f 1-3
run query -i my.idx --tsv --group row '*'
