# Bad documents: named, never fatal to the others; a missing path is an error
# before anything is written.
. "$HELPERS"
make_records
: >empty.txt
printf 'ELF\000\001\002\000binary' >binary.txt
mkdir folder
run index -i 1.idx a.jsonl empty.txt
run index -i 2.idx folder
run index -i 3.idx a.jsonl binary.txt
make_ledger | head -n 11 >cut.txt
run index -i 4.idx cut.txt
run query -i 4.idx --fields target,unit '*'
run index -i 5.idx a.jsonl missing.jsonl
[ ! -e 5.idx/manifest ] || echo "an index was written"
run query -i 3.idx --keys '*'
