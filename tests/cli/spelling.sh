# A document is known again however its path is spelt.
. "$HELPERS"
mkdir -p w/docs && cd w || exit 1
make_records
mv a.jsonl b.jsonl docs
run index -i my.idx docs
run index -i my.idx ../w/docs
run query -i my.idx --keys --source '*'
run index -i my.idx docs ./docs/ ../w/docs docs/a.jsonl
run query -i my.idx --keys --source '*'
