# What suoyin writes as JSON is what docs/json.md says, member by member.
. "$HELPERS"
command -v jq >/dev/null || {
    echo 'skipped: there is no jq'
    exit 0
}
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
printf '<table><tr><td>序号<td>年度工作目标<td>责任单位<tr><td>1<td>①甲事<td>区财政局</table>' >c.html
cp a.jsonl "$(printf 'b\377.jsonl')"
"$SUOYIN" index -q -i my.idx --aliases names a.jsonl c.html b*.jsonl --report report 2>/dev/null
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
"$SUOYIN" query -i my.idx --json --group row '*' | jq -c 'keys_unsorted' | sort -u
"$SUOYIN" query -i my.idx --json --count-by unit '*' 2>/dev/null | jq -c 'map_values(type)' | sort -u
"$SUOYIN" query -i my.idx --json --count-by unit,item '*' 2>/dev/null | jq -c 'map_values(type)' | sort -u
jq -c '[.type] + (keys_unsorted - ["type"])' report | sort -u
