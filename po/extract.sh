#!/bin/sh
# po/extract.sh OPTION_TEXTS OUT - writes the template of all texts for people: those that are
# marked, those that functions named here take, and OPTION_TEXTS, what po/option_texts.c prints.
set -eu
options=$1
out=$2
cd "$(dirname "$0")/.."
# NAME:N: the n-th argument is a text; NAME:N,Mt: where there are M arguments. A function is
# named twice where two arguments are texts, and so is read twice.
first='_ N_ sy_tr_n:1,2 sy_put_count:3,4 sy_say:1 sy_fail:4 sy_fail_at:5 sy_fail_sys:4 sy_lex_fail:6
    unsupported:2 fail_here:3 broken:2 wrong:4 fault:2 skip:3 report_fault:4 report_segment:3
    tell:2 report:3,3t report:4,4t report:5,5t damaged:3,4t damaged:4,5t'
second='sy_lex_fail:5 fail_here:2'
files=$(find base segmenter store indexer query library cli -name '*.c' ! -name '*_gen.c' | LC_ALL=C sort)
extract() { # extract MORE... KEYWORD...
    xgettext --language=C --from-code=UTF-8 --keyword --no-wrap --add-location=file --sort-by-file \
        --package-name=suoyin --copyright-holder='the authors of suoyin' \
        --msgid-bugs-address='maintainers@localhost' \
        --output="$out" "$@"
}
keywords() { for k in $1; do printf -- '--keyword=%s\n' "$k"; done; }
# shellcheck disable=SC2046,SC2086  # lists of words
{
    extract $(keywords "$first") $files po/system_errors.h "$options"
    extract --join-existing $(keywords "$second") $files
}
