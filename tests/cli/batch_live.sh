# A program that keeps one process open gets each answer before it asks again.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
mkfifo ask answer
"$SUOYIN" query -i my.idx --batch - --keys <ask >answer &
exec 3>ask 4<answer
for q in unit:区住建局 '资*缺' unit:区商投局; do
    echo "$q" >&3
    read -r line <&4
    echo "$line" | sed 's/"us":[0-9]*/"us":N/'
done
exec 3>&-
wait
