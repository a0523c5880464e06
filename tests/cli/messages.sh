# Messages are Chinese where the locale is, and what scripts read is the same everywhere.
. "$HELPERS"
unset LC_ALL LC_MESSAGES LANG LANGUAGE
make_records
make_index a.jsonl b.jsonl

echo '-- which language; no such locale has to be on the system'
in_locale() { # in_locale NAME=VALUE...
    printf '%-40s ' "$*"
    env "$@" "$SUOYIN" query -i no.idx x 2>&1 >/dev/null
}
in_locale A=
in_locale LANG=zh_CN.UTF-8
in_locale LANG=zh_CN
in_locale LANG=zh_TW.utf8
in_locale LANG=zh-Hans@x
in_locale LANG=zhx_ZH
in_locale LANG=en_US.UTF-8
in_locale LANG=zh_CN.GB18030
in_locale LANG=en_US.UTF-8 LC_MESSAGES=zh_CN.UTF-8
in_locale LANG=zh_CN.UTF-8 LC_ALL=C
in_locale LANG=zh_CN.UTF-8 LC_ALL=
in_locale LANG=zh_CN.UTF-8 LC_ALL=POSIX LANGUAGE=zh_CN
in_locale LC_ALL=C.UTF-8
in_locale LC_ALL=C.UTF-8 LANGUAGE=zh_CN
in_locale LANG=zh_CN.UTF-8 LANGUAGE=en_GB:zh
in_locale LANG=en_US.UTF-8 LANGUAGE=de:zh_CN:en
in_locale LANG=fr_FR.UTF-8 LANGUAGE=de:::fr

zh() { LANG=zh_CN.UTF-8 run "$@"; }
echo '-- messages'
zh query -i my.idx 'status:('
zh query -i my.idx 'untt:x'
zh query -i my.idx '"资金'
zh query --limt 3
zh query -n x a
zh query -i my.idx --explain --keys unit:区商偷局 item:招商 | sed -E 's/ +[0-9]+[.][0-9][0-9]  / N.NN  /'
zh query -i my.idx --count-by unit '*'
zh verify -i my.idx
zh index
zh bogus
printf '{"id":"1"' >c.jsonl
: >empty.txt
zh index -i my.idx a.jsonl c.jsonl empty.txt

echo '-- the same in every locale'
same() { # same ARG...: what goes to standard output, and the exit status
    for locale in C zh_CN.UTF-8; do
        LANG=$locale "$SUOYIN" "$@" 2>/dev/null >out
        echo "exit $?" >>out
        sed 's/"us":[0-9]*//' out >out.$locale
    done
    cmp out.C out.zh_CN.UTF-8 && echo "same: $*"
}
for form in --line --json --tsv --csv --html --keys --count --documents; do
    same query -i my.idx $form '*'
done
for form in --line --json --tsv --csv; do
    same query -i my.idx $form --count-by unit,item '*'
done
same info -i my.idx --json
same segment --json a.jsonl
same words -i my.idx --new
same completion bash
printf '%s\n' 资金 'status:(' >queries
same query -i my.idx --batch queries
LC_ALL=C "$SUOYIN" index -i r.idx --report=c.report a.jsonl c.jsonl >/dev/null 2>&1
LANG=zh_CN.UTF-8 "$SUOYIN" index --rebuild -i r.idx --report=zh.report a.jsonl c.jsonl >/dev/null 2>&1
cmp c.report zh.report && echo 'same: report'

echo '-- help in 80 and 40 columns; a command to copy stays whole'
for width in 80 40; do
    for command in '' index query segment words lexicon verify info completion; do
        for locale in C zh_CN.UTF-8; do
            # shellcheck disable=SC2086  # none for the program's own help
            COLUMNS=$width LANG=$locale "$SUOYIN" help $command >help || echo "exit $?"
            grep -v '^  suoyin query -i my.idx' help >rest
            [ "$(LC_ALL=C.UTF-8 wc -L <rest)" -le "$width" ] || echo "too wide for $width: $locale $command"
        done
        grep -q '命令：\|退出状态：' help || echo "not translated: $command"
    done
done
COLUMNS=40 zh verify -h
COLUMNS=40 zh query -h | tail -n 2

echo '-- no message, nothing opened'
if command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
    LANG=zh_CN.UTF-8 strace -o trace "$SUOYIN" query -i my.idx -q 资金
    grep -c 'suoyin[.]mo' trace
    LC_ALL=C strace -o trace "$SUOYIN" query -i no.idx x 2>/dev/null
    grep -c 'suoyin[.]mo' trace
else
    printf '0\n0\n'
fi

echo '-- the catalogue has every text of the sources, translated, with the same conversions'
make -s -C "$TOP" BUILD=release pot POT="$PWD/suoyin.pot" >make.log 2>&1 || cat make.log
if command -v msgcmp >/dev/null; then
    msgcmp "$TOP/po/zh_CN.po" suoyin.pot || echo 'make po, then translate what is empty in po/zh_CN.po'
    msgfmt --check -o /dev/null "$TOP/po/zh_CN.po"
    for kind in untranslated only-fuzzy only-obsolete; do
        [ -z "$(msgattrib --$kind "$TOP/po/zh_CN.po")" ] || echo "po/zh_CN.po has entries that are $kind"
    done
    [ "$(grep -c '^msgid' suoyin.pot)" -gt 500 ] || echo 'few texts were found'
fi
