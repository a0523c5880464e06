# New words of an index, and a lexicon file made of them.
. "$HELPERS"
for verb in 处置 消化 清理 化解 推动 严控 压减 盘点 完成 督办 核查 上报; do
    printf '{"id":"%s","text":"%s批而未供%s工作。财政收入增长，城市建设推进，农业生产稳定，企业投资扩大"}\n' "$verb" "$verb" "$verb"
done >a.jsonl
for n in 1 2 3 4 5 6 7 8 9; do
    printf '{"id":"%s","text":"全市批而未供面积。重点项目开工，市场主体培育，公共服务完善，安全责任落实"}\n' "$n"
done >>a.jsonl
"$SUOYIN" index -q -i ix a.jsonl
"$SUOYIN" words -i ix --new | cut -f 1 | grep -c '^批而未供$'
"$SUOYIN" words -i ix --accept words.txt -n 40
grep '^批而未供' words.txt
"$SUOYIN" lexicon check words.txt >/dev/null && echo sound
printf '消化批而未供土地\n' | "$SUOYIN" segment --lexicon words.txt
"$SUOYIN" words -i ix || echo "exit $?"
"$SUOYIN" words --new x || echo "exit $?"
