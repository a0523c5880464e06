# Completion scripts: every command and option in each, and what bash answers.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
mv my.idx .suoyin
for shell in bash zsh fish; do
    "$SUOYIN" completion $shell >script.$shell || echo "exit $?"
    for command in index query segment words lexicon verify info completion; do
        grep -q "$command" script.$shell || echo "$shell lacks $command"
        for option in $("$SUOYIN" $command --help | grep -oE '^ .*--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u); do
            grep -qE -e "($option|-l ${option#--})([ =['}-]|\$)" script.$shell || echo "$shell lacks $option of $command"
        done
    done
    if command -v $shell >/dev/null; then
        $shell -n script.$shell || echo "$shell does not read it"
    else
        echo "no $shell here: its script was not read" >&2
    fi
done
"$SUOYIN" completion tcsh 2>&1
"$SUOYIN" completion 2>&1
command -v bash >/dev/null || {
    echo 'skipped: there is no bash'
    exit 0
}
cat >ask.bash <<'B'
suoyin() { "$SUOYIN" "$@"; }
compopt() { :; }
. ./script.bash
ask() {
    COMP_LINE=$1
    COMP_POINT=${#1}
    _suoyin
    printf '%s => %s\n' "$1" "${COMPREPLY[*]}"
}
ask 'suoyin q'
ask 'suoyin query --co'
ask 'suoyin query un'
ask 'suoyin query unit:区商'
ask 'suoyin query unit=区商'
ask 'suoyin query --color=a'
ask 'suoyin query --pager '
ask 'suoyin query --index .suoyin --sort=st'
ask 'suoyin query --limit='
ask 'suoyin query -n '
ask 'suoyin query p'
ask 'suoyin query --sort p'
ask 'suoyin query --sort st'
ask 'suoyin query --color '
ask 'suoyin query -i .suoyin nex'
ask 'suoyin info --j'
ask 'suoyin completion '
B
bash ask.bash
