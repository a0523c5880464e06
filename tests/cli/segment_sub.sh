# The words inside a word follow it in brackets, or as objects.
. "$HELPERS"
printf '区商投局\n' >words
printf '区商投局\n' | "$SUOYIN" segment --lexicon words --sub
printf '中华人民共和国成立\n' | "$SUOYIN" segment --sub
printf '中华人民共和国\n' | "$SUOYIN" segment --sub --json
