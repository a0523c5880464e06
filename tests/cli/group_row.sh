# The goals of one row as one entry.
. "$HELPERS"
make_ledger >ledger.txt
make_index ledger.txt
fields=target,unit,status
run query -i my.idx --fields $fields '*'
run query -i my.idx --fields $fields --group row '*'
run query -i my.idx --fields $fields --group row --limit 1 --json '"增长"'
run query -i my.idx --fields $fields --group row --offset 1 --keys '*'
COLUMNS=60
export COLUMNS
run query -i my.idx --fields $fields --group row --card '*'
