# Words into a lexicon file, out of it, and what is wrong with one.
. "$HELPERS"
"$SUOYIN" lexicon add words.txt 区商投局 个转企 区商投局
"$SUOYIN" lexicon add words.txt 个转企 四上企业 一 || echo "exit $?"
cat words.txt
"$SUOYIN" lexicon list words.txt
"$SUOYIN" lexicon check words.txt
printf '# note\n\n個轉企\nＡＢ\t12\n无\n个转企\n①级\na b\n二十\tx\n' >bad.txt
"$SUOYIN" lexicon check bad.txt || echo "exit $?"
"$SUOYIN" lexicon list bad.txt
"$SUOYIN" lexicon || echo "exit $?"
"$SUOYIN" lexicon add words.txt || echo "exit $?"
printf '区发改局牵头，区财政局、各镇街配合\n区发改局区自然资源局冯卯镇\n' >cells.txt
"$SUOYIN" lexicon names cells.txt

# A weight is held against the dictionary's costs; a changed one applies to an index.
printf '和平\t1\n区商投局\t5\n' >weak.txt
printf '和平\t4000000000\n五G基站\t5\n5G基站\t5\n' >strong.txt
printf '{"id":"1","text":"装修和平台"}\n' >a.jsonl
"$SUOYIN" lexicon check strong.txt || echo "exit $?"
"$SUOYIN" lexicon list weak.txt strong.txt
for words in weak strong; do
    printf '装修和平台\n' | "$SUOYIN" segment --lexicon="$words.txt"
    "$SUOYIN" index -q -i ix --lexicon="$words.txt" a.jsonl
    "$SUOYIN" query -i ix -w -c 和平
    "$SUOYIN" query -i ix -c '"和平"'
    "$SUOYIN" verify --deep -i ix
done
"$SUOYIN" lexicon list -i ix
