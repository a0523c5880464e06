# What is typed wrong: each a message that helps, and exit status 2.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
for query in 'unit:区商投局，status:资金' '资金，存在问题：无' 'unit:a、status=b' '“资金' '资金”' '「资金"' '(资金' '资金)' '）' \
    '{unit:资金' '' ' ' '　' '""' '“”' '资金 AND' 'OR' '资金 | ' '-' ':' '：' 'unit:' 'unit: status:无' '=无' 'unti:x' '资金~' \
    '资金~3' '"a b"~x' '//' '/(/' '~资金' 'unit::x' '资金 \'; do
    run query -i my.idx -c "$query"
done
echo '-- a comma inside a text is text'
run query -i my.idx -c '资金短缺，进度'
run query -i my.idx -c 'status:资金短缺，时间:无'
run query -i my.idx -c 'status:资金\，unit:无'
echo '-- options'
run query -i my.idx --jsn x
run query -i my.idx -c --资金
run query -i my.idx -c '"--资金"'
run query -i my.idx -c -- --资金
run query -i my.idx -c -资金
run query -i my.idx --sort unitt x | sed 's/there are: .*/there are: .../'
run query -i my.idx --format '{unitt}' x | sed 's/there are: .*/there are: .../'
run query -i my.idx --count-by unit,item,no x
run query -i my.idx -C -1 x
echo '-- a query of 1 MB, and of one byte more; what is too deep'
{
    head -c 1048576 /dev/zero | tr '\0' a
    echo
    head -c 1048577 /dev/zero | tr '\0' a
    echo
    head -c 1048576 /dev/zero | tr '\0' '('
    echo
    yes '资金' | tr '\n' ' ' | head -c 999999
    echo
} >queries
"$SUOYIN" query -i my.idx --batch queries >answers
echo "exit $?"
sed -E 's/"query":"[^"]*"/"query":.../; s/"us":[0-9]+/"us":N/' answers
