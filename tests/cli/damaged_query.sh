# A query that needs a damaged part of the index is an error, never a shorter answer.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
segment=$(ls my.idx/seg-*)
# A byte of the first stored record.
printf '\377' | dd of="$segment" bs=1 seek=60 conv=notrunc 2>/dev/null
"$SUOYIN" query -i my.idx '*' >out 2>err
echo "exit $?"
sed 's/seg-[0-9a-f]*/seg-N/; s/offset [0-9]*/offset N/' err
"$SUOYIN" query -i my.idx -k 3 资金 >out 2>err
echo "exit $?"
