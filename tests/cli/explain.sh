# How a query was read, what each term found, and which one left nothing.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
explain --keys 'unit:区商投局' '-status=无'
explain unit:区商投局 item:城市
explain nosuchword unit:区商投局
explain --keys '*'
explain --keys -k 1 '招商 OR 城市'
explain --sort key --keys '"招"' -unit:区住建局
explain --keys '/招./ (商 | 小区)'
explain -c '/招商/'
make_index --rebuild a.jsonl
make_index b.jsonl
explain -c 招商
echo 'times are numbers of milliseconds, and no more than the run took'
start=$(date +%s%N)
"$SUOYIN" query -i my.idx --explain -c 招商 2>told >/dev/null
end=$(date +%s%N)
grep -cE '^ +[0-9]+[.][0-9]{2}  (open the index|read the query|find and print)$' told
awk -v most=$(((end - start) / 10000)) '/^ +[0-9.]+  (open|read|find)/ { sum += $1 * 100 }
    END { print sum <= most ? "so they are" : "they are more: " sum " " most }' told
