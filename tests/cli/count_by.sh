# Counts by the values of a field.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --count-by unit '*'
run query -i my.idx --count-by 存在问题 unit:区商投局
run query -i my.idx --count-by unit -n 1 '*'
run query -i my.idx --count-by unit --json --offset 1 '*'
run query -i my.idx --count-by next '*'
run query -i my.idx --count-by unit nosuchword
run query -i my.idx --count-by unit --tsv '*'
run query -i my.idx --count-by unit --csv -n 1 '*'
run query -i my.idx --count-by unit,item '*'
run query -i my.idx --count-by unit，存在问题 --json -n 1 '*'
run query -i my.idx --count-by unit,key --csv --offset 1 '*'
run query -i my.idx --count-by unit,line --tsv unit:nosuch
run query -i my.idx --count-by unit,item,key '*'
# A table for the eye, as wide as there is room; where no column has room, lines.
for COLUMNS in 80 36 20; do
    export COLUMNS
    run query -i my.idx --card --count-by unit,item '*'
done
# Pairs, and cells of a table, are limited.
awk 'BEGIN { for (i = 0; i < 2100; i++) printf "{\"id\":\"%d\"}\n", i }' >many.jsonl
awk 'BEGIN { printf "{\"item\":[\"0\""; for (i = 1; i < 2049; i++) printf ",\"%d\"", i; print "]}" }' >wide.jsonl
"$SUOYIN" index -q -i many.idx many.jsonl
"$SUOYIN" index -q -i wide.idx wide.jsonl
run query -i many.idx --count-by key,key --csv '*'
"$SUOYIN" query -i many.idx --count-by key,key '*' 2>/dev/null | wc -l | tr -d ' '
run query -i wide.idx --count-by item,item --json '*'
