# A folder as it is: every format is told, nothing is passed over in silence, and
# hits say where they are.
. "$HELPERS"
mkdir docs
make_ledger >docs/ledger.txt
printf '序号,年度工作目标,责任单位,存在问题\n1,修路。,区交通局,"无\n资金"\n合计,1,,\n' >docs/a.csv
printf '# 报告\n\n## 资金\n\n资金短缺。\n' >docs/b.md
printf '<html><body><p>网页</p></body></html>' >docs/c.html
printf '\327\312\275\360\266\314\310\261\241\243\n' >docs/gbk.txt
printf '\211PNG\r\n\032\n\000\000' >docs/picture.png
printf 'PK\003\004 no archive' >docs/broken.docx
printf '\320\317\021\340\241\261\032\341 E\000n\000c\000r\000y\000p\000t\000e\000d\000P\000a\000c\000k\000a\000g\000e\000' >docs/locked.xlsx
printf '{\\rtf1 x}' >docs/d.rtf
run index -i my.idx --report docs/report.jsonl docs
cat docs/report.jsonl
run query -i my.idx --line 资金
run query -i my.idx --keys --source unit:区交通局
run index -i my.idx --encoding no-such docs
run index -i my.idx --report no-folder/x docs
printf '\270\352\252\367\n' >big5.txt
run index -q -i two.idx --encoding Big5 big5.txt
run query -i two.idx --fields text '*'
