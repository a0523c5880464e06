# A limit of the size of files is as a full disk: an error, and the index is as it was.
. "$HELPERS"
make_records
make_index a.jsonl
i=0
while [ $i -lt 3000 ]; do
    echo "{\"id\":\"n$i\",\"target\":\"新签项目$i个\"}"
    i=$((i + 1))
done >c.jsonl
{ (ulimit -f 16; "$SUOYIN" index -q -i my.idx c.jsonl; echo "exit $?") 2>&1; } | sed 's/.*: //'
ls my.idx
"$SUOYIN" query -i my.idx -c '*'
