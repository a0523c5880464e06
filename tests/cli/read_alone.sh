# How a document is read does not hang on the fields that others brought.
. "$HELPERS"
printf '{"id":"1","长度":"一","宽度":"二","高度":"三"}\n' >a.jsonl
printf '\t长度\n\t宽度\n\t高度\n\n\t1\n\t2\n\t3\n' >b.txt
make_index b.txt
"$SUOYIN" query -i my.idx '*' >alone
"$SUOYIN" index -q -i both.idx a.jsonl b.txt
"$SUOYIN" query -i both.idx 'source:b' | diff alone - && echo same
