# Mistakes: one clear message each, exit status 2.
. "$HELPERS"
make_records
make_index a.jsonl
run
run frobnicate
run qeury x
run --verison
run help frobnicate
run query -i my.idx --jsno x
run query -i my.idx -x
run query -i my.idx --limit 0 x
run query -i my.idx --limit
run query -i my.idx --group column x
run query -i my.idx
run query -i my.idx --count-by owner x | sed 's/there are: .*/there are: …/'
run query -i no.idx x
run query -i '' x
run query x
run info -i no.idx
run verify -i no.idx
run info my.idx
run verify my.idx
run index -i my.idx
run index -i my.idx --jobs many a.jsonl
run segment missing.txt
run segment --sbu
