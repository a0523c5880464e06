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
