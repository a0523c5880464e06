# Tokens, ICU's words, and the same words whatever the number of threads.
. "$HELPERS"
printf '增长10.1%%，投资9.2亿元，1-11月完成300MW/1800MWh。\n5G基站，AA+，卡斯帕罗夫——\n' >text
"$SUOYIN" segment text
"$SUOYIN" segment --tokens text
"$SUOYIN" segment --icu text
printf '2023年1月增长5%%\n' | "$SUOYIN" segment --json
printf '9.2亿元\n' | "$SUOYIN" segment --sub
i=0
while [ $i -lt 3000 ]; do
    echo "第$i行：区商投局负责招引9.2亿元的项目，①2023年1-11月增长10.1%。"
    i=$((i + 1))
done >long
for n in 1 2 7; do
    "$SUOYIN" segment -j $n long | cksum
done | sort -u | wc -l | tr -d ' '
"$SUOYIN" segment -j 3 long | wc -l | tr -d ' '
"$SUOYIN" segment -j 0 text || echo "exit $?"
