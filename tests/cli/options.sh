# Options that no other test of the command line needs.
. "$HELPERS"
printf '{"id":"1","item":"資金短缺"}\n{"id":"2","item":"个转企进度慢"}\n' >a.jsonl
printf '个转企\n' >words.txt
run index -i 1.idx --keep-variants --memory 64 --deleted a.jsonl
run query -i 1.idx --keys '"资金"'
run query -i 1.idx --keys '"資金"'
run index -i 2.idx --lexicon words.txt --quiet a.jsonl
run query -i 2.idx --keys -w 个转企
run index -i 3.idx --memory 1 a.jsonl
printf '資金，個轉企\n' >t.txt
run segment --normal t.txt
run segment --keep-variants --normal t.txt
run segment --index 2.idx t.txt
run words --index 2.idx --new --least 2
run words --index 2.idx --new --least 0
run lexicon --index 2.idx list
run index --help | sed -n 2p
run query --help | sed -n 2p
run segment --help | sed -n 2p
run words --help | sed -n 2p
run lexicon --help | sed -n 2p
run verify --help | sed -n 2p
run info --help | sed -n 2p
run completion --help | sed -n 2p
