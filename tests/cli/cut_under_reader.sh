# A segment that is cut while a reader has it mapped: a clear error, not a crash.
. "$HELPERS"
make_records
seq 2000 | sed 's/.*/{"id":"c&","target":"第&项"}/' >c.jsonl # so long that the segment is not read whole
make_index a.jsonl b.jsonl c.jsonl
mkfifo questions
"$SUOYIN" query -i my.idx --batch questions >answers &
exec 3>questions
echo 'unit:区商投局' >&3
tries=0
while [ ! -s answers ] && [ $tries -lt 100 ]; do # answered, so the index is open
    sleep 0.05
    tries=$((tries + 1))
done
: >my.idx/seg-0000000000000001
echo '无' >&3
exec 3>&-
wait $!
echo "exit $?"
wc -l <answers
