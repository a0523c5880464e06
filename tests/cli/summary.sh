# What `index` says, and that a second run reads only what changed.
. "$HELPERS"
make_records
run index -i my.idx a.jsonl b.jsonl
run index -i my.idx a.jsonl b.jsonl
echo '{"id":"y","item":"新"}' >>b.jsonl
run index -i my.idx a.jsonl b.jsonl
run query -i my.idx --keys '*'
run index -i my.idx -q --rebuild a.jsonl
run query -i my.idx --keys '*'
echo '{"id":"z","item":"管道"}' | run index -i pipe.idx -
run query -i pipe.idx '*'
