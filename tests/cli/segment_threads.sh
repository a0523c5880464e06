# Batches of lines on several threads: the order, pipes, long lines, bad bytes, failures.
. "$HELPERS"
text() { # text LINES
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print i "：区商投局负责招引9.2亿元的项目，①2023年1-11月增长10.1%。" }'
}
text 12000 >long
# One line of 3 MB in the middle, which one thread is at while the others go on.
awk 'BEGIN { for (i = 0; i < 300000; i++) printf "资金"; print "短缺" }' >line
cat long line long >all
for n in 1 2 5; do
    "$SUOYIN" segment -j $n all
done | cksum >together
{
    for n in 1 2 5; do
        "$SUOYIN" segment -j 1 long line long
    done
} | cksum | cmp - together && echo same
# Through a pipe, whose end is reached in pieces.
{ cat long line; cat long; } | "$SUOYIN" segment -j 3 | cksum >piped
"$SUOYIN" segment -j 1 all | cksum | cmp - piped && echo same
# The first bad line is named, and how many there are, whichever thread had them.
{ cat long; printf 'a\377b\n'; cat long; printf '\377\376\n'; } >bad
"$SUOYIN" segment -j 4 bad 2>&1 >/dev/null || echo "exit $?"
# A file that cannot be read, behind one that can: what is before it is written.
"$SUOYIN" segment -j 2 long ./none 2>err | wc -l | tr -d ' '
cat err
# A line is answered before the next one comes, also when threads are running.
mkfifo in out
"$SUOYIN" segment -j 2 <in >out &
exec 3>in 4<out
cat long >&3 &
head -n 12000 <&4 | tail -n 1
wait $!
echo 一二三 >&3
read -r answer <&4
echo "$answer"
# Nor does it wait for the rest of the next one.
printf '甲乙丙\n半' >&3
read -r answer <&4
echo "$answer"
echo 行 >&3
read -r answer <&4
echo "$answer"
exec 3>&- 4<&-
wait
# Output that nobody takes ends the program, though input may still come.
mkfifo feed
{ cat long long long; exec sleep 20; } >feed &
"$SUOYIN" segment -j 2 <feed | head -n 1
kill $! && echo 'before its input did'
if [ -w /dev/full ]; then
    "$SUOYIN" segment -j 2 long 2>&1 >/dev/full || echo "exit $?"
else
    printf "suoyin: cannot write to 'standard output': no space left on device\nexit 2\n"
fi
