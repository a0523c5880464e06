# --pager: only where it is wanted, and left early without a word.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
PAGER='sed s/^/paged:/'
export PAGER
run query -i my.idx --keys '*'
run query -i my.idx --keys --pager=always '*'
run query -i my.idx --line --pager=auto 区财政局
run query -i my.idx --keys --pager=never '*'
SUOYIN_PAGER='sed -n 1s/^/own:/p'
export SUOYIN_PAGER
run query -i my.idx --keys --pager=always '*'
for SUOYIN_PAGER in '' cat; do
    run query -i my.idx --keys --pager=always '*'
done
# What less has to know in a C locale.
SUOYIN_PAGER='echo $LESS $LESSCHARSET; cat >/dev/null'
run query -i my.idx --keys --pager=always '*'
LESS=X LESSCHARSET=iso8859 run query -i my.idx --keys --pager=always '*'
SUOYIN_PAGER=no-such-pager
run query -i my.idx --keys --pager=always '*' | grep -v '^sh: '
SUOYIN_PAGER=true
run query -i my.idx --pager=always '*'
run query -i my.idx --pager=always nothing
run query -i my.idx --pager=soon '*'
unset PAGER SUOYIN_PAGER
# Without less there is no pager.
mkdir empty
(PATH=$PWD/empty && export PATH && run query -i my.idx --keys --pager=always '*')
