# Words in original spelling, line for line.
. "$HELPERS"
seg() {
    printf '$ suoyin segment %s\n' "$*"
    "$SUOYIN" segment "$@" 2>&1 || echo "exit $?"
}
printf '区商投局 资金 短缺\n\n责 任 单 位：ＰＭ２．５\n' | seg
printf '区商投局\tsome weight\n' >words
printf '区商投局资金\n' | seg --lexicon words
printf '一\r\n二' | seg | od -An -c
printf '資金短缺\n' | seg
printf '①１０．１％，ＡＢＣ\n責 任\n' | seg --normal
printf '10.1%% A\n' | seg --json
printf 'a\377b\n' | seg
printf '' | seg
printf '\357\273\277一\n' | seg | od -An -tx1
printf '一\n' >one
printf '二\n' | seg one - one
