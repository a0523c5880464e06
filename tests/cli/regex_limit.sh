# A query whose regular expressions take too long says what it did not search; nothing is lost
# without a word.
. "$HELPERS"
{
    echo '{"id":"0","status":"e"}'
    yes '{"status":"aaaaaaaaaaaaaaaaad"}' | head -n 400
} >a.jsonl
make_index a.jsonl
slow='/(a+)+(?<!a)d|^e/'
unsteady() {
    sed -E "s/'a.jsonl:[0-9]+'/'a.jsonl:N'/; s/up to [0-9]+ of/up to N of/"
}
run query -i my.idx --keys --regex-time 1 "$slow" | unsteady
run query -i my.idx -c --regex-time=1 "$slow" | unsteady
run query -i my.idx -q "$slow"
run query -i my.idx --regex-time 0 "$slow"
run query -i my.idx --regex-time 86401 "$slow"
printf '%s\n' "$slow" 'aaaaaaaaaaaaaaaaad' >queries
run query -i my.idx --regex-time 1 --batch queries | unsteady | sed 's/"us":[0-9]*/"us":N/'
# One match has a limit of its own.
echo '{"id":"x","status":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad"}' >a.jsonl
make_index a.jsonl
run query -i my.idx "$slow"
# Long comparisons, which ICU does not count, are ended as well.
awk 'BEGIN { printf "{\"id\":\"x\",\"status\":\""; for (i = 0; i < 200000; i++) printf "ab"; print "\"}" }' >a.jsonl
make_index a.jsonl
long='(..)'
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
    long="$long(\\$i\\$i)"
done
run query -i my.idx --keys --regex-time 1 "/$long/"
