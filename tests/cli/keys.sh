# What is printed instead of records: keys, counts, documents, nothing.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --keys '*'
run query -i my.idx --keys --source '*'
run query -i my.idx --keys --source --no-source 区住建局
run query -i my.idx -c '*'
run query -i my.idx -c nosuchword
run query -i my.idx -l '*'
run query -i my.idx -l 区住建局
run query -i my.idx -q '*'
run query -i my.idx -q nosuchword
run query -i my.idx --keys -n 2 '*'
run query -i my.idx --keys --offset 1 --limit=1 '*'
run query -i my.idx --keys --offset 3 '*'
run query -i my.idx -l --offset 1 '*'
run query -i my.idx -c -n 1 '*'
run query -i my.idx -c --keys 区住建局
run query -i my.idx --keys -c 区住建局
"$SUOYIN" query -i my.idx -0 --keys --source '*' | tr '\0' '#'
echo
"$SUOYIN" query -i my.idx -0 --fields item '*' | tr '\0' '#'
echo
