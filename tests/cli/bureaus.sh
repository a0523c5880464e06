# A real ledger: each of its 52 bureaus is one word wherever it stands, and its terms are new words.
. "$HELPERS"
ledger=${SY_SHARED:-$(dirname "$CORPUS")/../shared}/ledger/shanting-2023.txt
[ -r "$ledger" ] || {
    echo "skipped: there is no $ledger"
    exit 0
}
"$SUOYIN" index -q -i ix "$ledger" || echo "exit $?"
"$SUOYIN" lexicon list -i ix | cut -f 1 >names
wc -l <names | tr -d ' '
sed 's/.*/由&负责/' names | "$SUOYIN" segment -i ix --tokens | cut -d ' ' -f 2 | cmp - names && echo same
"$SUOYIN" words -i ix --new | cut -f 1 >words
grep -xE '个转企|四上|专精特新|瞪羚|空港产业园|华宝牧业' words | LC_ALL=C sort
