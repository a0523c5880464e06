# What suoyin writes as JSON is what docs/json.md says, member by member.
. "$HELPERS"
for program in jq python3; do
    command -v $program >/dev/null || {
        echo "skipped: there is no $program"
        exit 0
    }
done
# members HEADING: the rows of the tables below it, "name type rest".
members() {
    awk -v heading="$1" '
        /^## / || /^A match:/ { on = index($0, heading) > 0 }
        on && /^\| `/ {
            split($0, cell, / *\| */)
            n = split(cell[2], names, /, /)
            type = cell[3]
            sub(/ of .*/, "", type)
            sub(/s$/, "", type)
            for (i = 1; i <= n; i++) {
                gsub(/`/, "", names[i])
                print names[i], type, cell[4]
            }
        }' "$TOP/docs/json.md"
}
# described HEADING: the objects on standard input have the members of the tables, of their types;
# those that are always there are in all of them.
described() {
    members "$1" >table
    [ -s table ] || echo "no table: $1"
    jq -Rn '[inputs | capture("^(?<name>[^ ]+) (?<type>[^ ]+) (?<rest>.*)$")]
        | map({key: .name, value: {type, maybe: (.rest | test("^(only|in place)"))}}) | from_entries' table >table.json
    cat >objects
    printf '%s: %s objects\n' "${1%:}" "$(jq -s length objects | awk '{ print ($1 > 0 ? "some" : "no") }')"
    jq -rs --slurpfile tables table.json --slurpfile objects objects '$tables[0] as $table
        | (.[] | to_entries[] | select($table[.key].type != (.value | type))
            | "\(.key) is \(.value | type), not \($table[.key].type)"),
          ($table | to_entries[] | .key as $name
            | select((.value.maybe | not) and ([$objects[] | has($name)] | all | not)) | "\($name) is not always there"),
          ($table | keys[] as $name | select([$objects[] | has($name)] | any | not) | "\($name) never came")' objects | sort -u
}
cat >a.jsonl <<'J'
{"id":"1","item":"招商引资","unit":["各镇街","区财政局"],"status":"资金短缺，\n进度缓慢"}
{"id":"2","item":"城市更新","unit":["区住建局"],"status":"无","next":""}
J
printf '[groups]\n各镇街 = 东山镇, 西山镇\n' >names
# A workbook, which has no lines.
python3 - <<'P'
import zipfile
row = lambda n, cells: '<row r="%d">%s</row>' % (n, ''.join('<c t="inlineStr"><is><t>%s</t></is></c>' % c for c in cells))
with zipfile.ZipFile('c.xlsx', 'w') as z:
    z.writestr('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
    z.writestr('_rels/.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr('xl/workbook.xml', '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>')
    z.writestr('xl/_rels/workbook.xml.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
    z.writestr('xl/worksheets/sheet1.xml', '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + row(1, ['序号', '年度工作目标', '责任单位']) + row(2, ['1', '①甲事', '区财政局']) + '</sheetData></worksheet>')
P
cp a.jsonl "$(printf 'b\377.jsonl')"
"$SUOYIN" index -q -i my.idx --aliases names a.jsonl c.xlsx b*.jsonl --report report 2>/dev/null
hits() {
    "$SUOYIN" query -i my.idx --json '*'
    "$SUOYIN" query -i my.idx --json unit:东山镇 资金
}
hits | jq -c '. + {score: 1}' | described 'A hit'
"$SUOYIN" query -i my.idx -k 2 --json 资金 | jq -c '.score | type'
hits | jq -c '.matches[]' | described 'A match'
{
    printf '资金\nunit:区财政局\n' | "$SUOYIN" query -i my.idx --keys --batch -
} | jq -c '. + {error: ""}' | described 'Answers to many queries'
printf '(\n' | "$SUOYIN" query -i my.idx --batch - | jq -c 'keys'
printf '资金10.1%%\n' | "$SUOYIN" segment --json --sub | jq -c '{text, tokens}, .tokens[]' >words
jq -c 'if .tokens then . + {start: 0, end: 0, kind: "", sub: []} else . + {tokens: []} | . + {sub: (.sub // [])} end' words |
    described 'Words:'
"$SUOYIN" info -i my.idx --json | described 'About an index'
# Rows, counts and reports are told in prose: their members as they are.
"$SUOYIN" query -i my.idx --json source:xlsx | jq -r '[.source, .line, .place] | @tsv'
"$SUOYIN" query -i my.idx source:xlsx | cut -d ' ' -f 1
"$SUOYIN" query -i my.idx --json --group row '*' | jq -c 'keys_unsorted' | sort -u
"$SUOYIN" query -i my.idx --json --count-by unit '*' 2>/dev/null | jq -c 'map_values(type)' | sort -u
"$SUOYIN" query -i my.idx --json --count-by unit,item '*' 2>/dev/null | jq -c 'map_values(type)' | sort -u
jq -c '[.type] + (keys_unsorted - ["type"])' report | sort -u
