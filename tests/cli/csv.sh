# CSV: RFC 4180, cells come through whole.
. "$HELPERS"
cat >a.jsonl <<'END'
{"id":"1","unit":["区商投局","区财政局"],"status":"a,b \"c\"\nd\te","next":"😀é"}
{"id":"2","unit":["区住建局"],"status":"","next":"שלום"}
END
make_index a.jsonl
"$SUOYIN" query -i my.idx --csv --fields key,unit,status,next '*' | od -An -c | head -n 2
"$SUOYIN" query -i my.idx --csv --fields key,unit,status,next '*' | tr -d '\r'
"$SUOYIN" query -i my.idx --csv --bom --fields key '*' | od -An -tx1
run query -i my.idx --csv --group row '*'
run query -i my.idx --bom '*'
