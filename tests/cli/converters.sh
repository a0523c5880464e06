# .doc, .xls and PDF: programs on the PATH turn them into text. Stand-ins show what they
# are given, fail, write too much, and go on without end.
. "$HELPERS"
old_office() { # old_office STREAM FILE: a compound file that has a stream of this name
    printf '\320\317\021\340\241\261\032\341' >"$2"
    printf '%s' "$1" | sed 's/./&\n/g' | while read -r c; do printf '%s\000' "$c"; done >>"$2"
}
stand_in() { # stand_in PROGRAM: its text comes from standard input
    { printf '#!/bin/sh\n' && cat; } >"bin/$1"
    chmod +x "bin/$1"
}
index() {
    (
        PATH=$programs
        run index -i my.idx "$@"
    ) | sed 's/ (new.*//'
}
mkdir bin docs
old_office WordDocument docs/a.doc
old_office Workbook docs/b.xls
printf '%%PDF-1.4\n' >docs/c.pdf
programs=$PWD/bin
index docs
programs=$PWD/bin:$PATH
stand_in antiword <<'END'
printf '资金短缺\n参数 %s\n' "$#"
for a; do printf '<%s>\n' "$a"; done
END
stand_in xls2csv <<'END'
printf '"序号","年度工作目标","责任单位"\n"1","修路。","区交通局"\n'
END
stand_in pdftotext <<'END'
echo 扫描件
END
PATH=$programs
run index -q -i my.idx docs
run query -i my.idx --fields text,target '*'
# Names that a shell or a program might take for something else.
mkdir odd
cd odd || exit
cp ../docs/a.doc ./-x.doc
cp ../docs/a.doc 'a b;touch c.doc'
# shellcheck disable=SC2016
cp ../docs/a.doc '$(touch c).doc'
run index -q -i ../odd.idx -- -x.doc 'a b;touch c.doc' '$(touch c).doc'
run query -i ../odd.idx --fields text '"<" OR 资金'
ls
cd ..
# The second program of a kind is asked when the first fails.
stand_in antiword <<'END'
exit 3
END
stand_in catdoc <<'END'
echo 另一个程序
END
run index -q --rebuild -i my.idx docs/a.doc
run query -i my.idx --fields text '*'
stand_in catdoc <<'END'
kill -9 $$
END
stand_in xls2csv <<'END'
head -c 300000000 /dev/zero
sleep 600
END
stand_in pdftotext <<'END'
printf '\n \n'
END
index --rebuild docs
