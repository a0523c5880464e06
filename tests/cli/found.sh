# Where the index is: -i, else $SUOYIN_INDEX, else the nearest .suoyin upwards.
. "$HELPERS"
make_records
"$SUOYIN" index -q a.jsonl
echo "$?"
mkdir -p deep/down
cd deep/down || exit
run query --keys '*'
cp ../../b.jsonl .
"$SUOYIN" index -q -i other.idx b.jsonl
SUOYIN_INDEX=other.idx
export SUOYIN_INDEX
run query --keys '*'
run query -i ../../.suoyin --keys '*'
SUOYIN_INDEX=
run query --keys '*'
