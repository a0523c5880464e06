#!/bin/sh
# corpus/demo.sh PROGRAM FOLDER - indexes FOLDER and asks it the README's questions.
#
# The index is demo.idx beside the program, made anew each time. FOLDER/aliases.txt
# and FOLDER/schema.json are used if they are there. Of documents that are not ours
# only those questions are asked that have an answer in them.
set -u

if [ $# -ne 2 ]; then
    echo 'usage: corpus/demo.sh PROGRAM FOLDER' >&2
    exit 2
fi
program=$1
corpus=${2%/}
corpus=${corpus:-/}
if [ ! -x "$program" ] || [ -d "$program" ]; then
    echo "demo: there is no program '$program'; build it with: make" >&2
    exit 2
fi
if [ ! -e "$corpus" ]; then
    echo "demo: there is no file or folder '$corpus'" >&2
    exit 2
fi
index=$(dirname "$program")/demo.idx
own=no
if [ -d "$corpus" ]; then
    ours=$(cd "$(dirname "$0")" && pwd -P) && theirs=$(cd "$corpus" && pwd -P) || exit 2
    [ "$ours" != "$theirs" ] || own=yes
fi

# title TEXT: what the next question is about.
title() {
    printf '\n# %s\n' "$1"
}

# quoted ARG...: as they would be typed in a shell.
quoted() {
    for word in "$@"; do
        case $word in
        '' | *[!A-Za-z0-9_./,=@%+-]*) printf " '%s'" "$(printf %s "$word" | sed "s/'/'\\\\''/g")" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
}

# ask ARG...: shows a command and its output; 1 (no match) is an answer too.
ask() {
    printf '$'
    quoted "$program" "$@"
    echo
    status=0
    "$program" "$@" || status=$?
    if [ $status -ge 2 ]; then
        echo "demo: the command above failed with status $status" >&2
        exit $status
    fi
}

# question TITLE QUERY OPTION...: asks, unless the documents have no answer.
question() {
    about=$1
    expr=$2
    shift 2
    "$program" query -q -i "$index" "$expr" 2>/dev/null || return 0
    title "$about"
    ask query -i "$index" "$@" "$expr"
}

# cards TITLE QUERY: how many there are, then the first two.
cards() {
    question "$1" "$2" -c
    ! "$program" query -q -i "$index" "$2" 2>/dev/null ||
        ask query -i "$index" --card -n 2 "$2"
}

set -- index -i "$index" --rebuild
[ ! -f "$corpus/aliases.txt" ] || set -- "$@" --aliases "$corpus/aliases.txt"
[ ! -f "$corpus/schema.json" ] || set -- "$@" --schema "$corpus/schema.json"
if [ $own = yes ]; then # the folder's other files are no documents; the newest goes first
    set -- "$@" "$corpus/qihe-2023.txt" "$corpus/qihe-2022.txt" "$corpus/jichuan-2023.txt"
else
    set -- "$@" "$corpus"
fi
title 'Documents in, an index out'
ask "$@"
records=$("$program" query -c -i "$index" '*')
if [ "${records:-0}" = 0 ]; then
    echo "demo: no records were found in '$corpus': see docs/ledgers.md for what is read" >&2
    exit 1
fi

cards 'What does the bureau 区商投局 own that has no problem: how many, and the first two' \
    'unit:区商投局 status:无'
question 'The same, as a Chinese keyboard types it' '责任单位：区商投局　存在问题：无' -c
question 'Who is short of funds, in which words' 'status:(资金 OR 融资 OR "款")' \
    --fields unit,status -n 5
question 'How often which bureau' 'status:"资金"' --count-by unit -n 5
question 'How many say exactly 无' 'status=无' -c
! "$program" query -q -i "$index" 'status:*' 2>/dev/null ||
    question 'Which say nothing at all, neither 无 nor —' '-status:*' --keys --source -n 5
if [ $own = yes ]; then
    question 'What is given to 各镇街 (all towns) is given to 雁塘镇 as well' \
        'unit:雁塘镇 unit:区商投局' --card -n 1 --fields target,unit
    question 'For programs: values and the places that matched' 'unit:枫坪乡 status:"运竹"' --json
else
    question 'Records of each bureau' 'unit:*' --count-by unit -n 10
    title 'The first record'
    ask query -i "$index" --card -n 1 '*'
    title 'What the index holds'
    ask info -i "$index"
fi

printf '\nThe index is %s. Try next:%s\n' "$index" "$(quoted "$program" query -i "$index") '…', or $program --help"
