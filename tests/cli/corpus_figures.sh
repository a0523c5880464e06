# The figures of corpus/README.md: goals, rows, sections, names, counts declared
# and found, statuses, and what one bureau owns under all its names.
. "$HELPERS"
cp "$CORPUS"/*.txt "$CORPUS"/schema.json .
run index -i my.idx --aliases aliases.txt --schema schema.json qihe-2022.txt qihe-2023.txt jichuan-2023.txt
q() { # q ARG...: a query, without the remarks on standard error
    "$SUOYIN" query -i my.idx "$@" 2>/dev/null
}
for document in qihe-2022 qihe-2023 jichuan-2023; do
    in="source:$document"
    echo "== $document"
    echo "goals: $(q -c "$in")"
    echo "rows: $(q --json --group row "$in" | wc -l)"
    q --count-by section "$in"
    echo "names: $(q --count-by unit "$in" | wc -l)"
    echo "status 无: $(q -c "$in" status=无), the word 无: $(q -c "$in" status:无)"
    echo "status —: $(q -c "$in" status=—), nothing: $(q -c "$in" -status:*)"
    echo "区商投局: $(q --keys "$in" unit:区商投局 | tr '\n' ' ')"
    echo "... without a problem: $(q --keys "$in" unit:区商投局 status:无 | tr '\n' ' ')"
done
echo "== all"
echo "goals: $(q -c '*'), names: $(q --count-by unit '*' | wc -l), leaders: $(q --count-by leader '*' | wc -l)"
run query -i my.idx --keys --source unit:区商务和投资促进局 source:jichuan
run query -i my.idx -c '责任单位：商投局　存在问题＝无'
run query -i my.idx --keys --source 'status:("资金短缺" OR "资金紧张" OR "建设资金" OR "融资困难")'
run query -i my.idx --line --fields unit unit:交易中心
run query -i my.idx --line --fields unit unit:退役军人
run query -i my.idx --line --fields note,target note:*
run query -i my.idx --line --fields status,next key=11① source:2022
run query -i my.idx --line --fields mark,progress,status,next key:13 source:2022
run query -i my.idx --line --fields item,target,progress key:15 source:2022
run query -i my.idx --line --fields stretch,target key=4⑧
run query -i my.idx --line --fields leader,unit 分管领导：沈予安
run query -i my.idx --keys --source unit:双槐镇
run query -i my.idx -c 'bookmark OR GoBack'
