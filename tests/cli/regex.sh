# Regular expressions and whole words.
. "$HELPERS"
cat >r.jsonl <<'J'
{"id":"1","status":"資金出现缺口3.5亿元","unit":"区商投局"}
{"id":"2","status":"资金链紧，A级","unit":"区财政局"}
{"id":"3","status":"无","unit":"市商投局","note":"A 级 B，高高兴兴"}
J
make_index r.jsonl
run query -i my.idx --keys '/资金.*缺口/'
run query -i my.idx --keys '/資金/'
run query -i my.idx --keys '/\d+\.\d+亿元/'
run query -i my.idx --keys '/a级/' -/紧/
run query -i my.idx --keys 'unit:/^市/'
run query -i my.idx --keys '{status,unit}:/[财缺][政口]/'
run query -i my.idx --color=always --line '/出现.{2}/'
run query -i my.idx --keys -w 商投
run query -i my.idx --keys -w 资金
run query -i my.idx --keys -w 级
run query -i my.idx --keys source:/no/such
run query -i my.idx '/[资/'
run query -i my.idx --keys '/(.)\1/'
run query -i my.idx --keys '/(.)(..)\1/'
run query -i my.idx --keys '/ /'
run query -i my.idx --keys '/　/'
run query -i my.idx --keys '/  /'
explain '/资金.*(缺口|不足)/'
# More of them than become automata.
"$SUOYIN" query -i my.idx --keys "$(yes '/资.{2}(现|紧)/' | head -n 40 | paste -sd ' ' -)"
# Repetitions at any place of long texts, which are read piece by piece.
awk 'BEGIN {
    for (p = 4000; p < 4150; p++) {
        text = ""
        for (i = 0; i < 4300; i++)
            text = text substr("abcdefghij", i % 10 + 1, 1) (i == p ? substr("abcdefghij", i % 10 + 1, 1) : "")
        printf "{\"id\":\"%d\",\"status\":\"%s\"}\n", p, text
    }
}' >long.jsonl
"$SUOYIN" index -q -i long.idx long.jsonl
for expression in '.{4300}' '[^x]{1000}' '\w{1000}x?' '[a-j]{999} ' '(.)\1' '(.).{10}\1' '(.)(.).{9}\1\2' '(.).{4}\1' '(.)\1\1'; do
    run query -i long.idx -c "/$expression/"
done
# Counting goes on over spaces that a text keeps, and not over those it does not.
awk 'BEGIN {
    for (p = 0; p < 300; p++) {
        text = ""
        for (i = 0; i < 20; i++)
            text = text (p % 2 ? "资金 短缺 " : "go to ")
        printf "{\"id\":\"%d\",\"status\":\"%s\"}\n", p, text
    }
}' >spaces.jsonl
"$SUOYIN" index -q -i spaces.idx spaces.jsonl
for expression in '.{80}' '.{81}' '.{120}' '.{121}' '[^ ]{80}' '[^ ]{81}'; do
    run query -i spaces.idx -c "/$expression/"
done
# What ICU repeats behind a quotation and a comment is the character before; groups beyond the ninth;
# more parts, of no characters, than are looked at.
cat >forms.jsonl <<'J'
{"id":"乙","status":"乙"}
{"id":"甲乙乙","status":"甲乙乙"}
{"id":"甲乙甲","status":"甲乙甲"}
{"id":"子","status":"甲子丑寅卯辰巳午未申酉丙丙"}
J
"$SUOYIN" index -q -i forms.idx forms.jsonl
for expression in '\Q甲乙\E{2}' '^甲(?#x)?乙$' '^甲\Q\E?乙$' '\E甲' "(甲)$(yes '(.)' | head -n 11 | tr -d '\n')\\12"; do
    run query -i forms.idx --keys "/$expression/"
done
"$SUOYIN" query -i forms.idx --keys "/(.)(?:乙$(yes '(?:)' | head -n 64 | tr -d '\n'))\\1/"
