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
