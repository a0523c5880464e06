#!/bin/sh
# bench/words.sh WORDS SUOYIN - F1, precision, recall, recall of words that the training
# vocabulary has not (OOV), and speed, of ICU alone and ours, with jieba beside
# them where python3-jieba is installed. WORDS is the program of bench/words.c,
# SUOYIN the program itself; the gold sets and texts lie in $SY_SHARED or ../shared.
set -u
words=$1
suoyin=$2
shared=${SY_SHARED:-$(cd "$(dirname "$0")/.." && pwd)/../shared}
seg=$shared/corpora/seg
[ -d "$seg" ] || {
    echo "skipped: no gold sets in $seg"
    exit 0
}
work=$(mktemp -d "${TMPDIR:-/tmp}/suoyin-words-XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

jieba() { # jieba ARG...: as words_jieba.py; nothing where it is not installed
    [ -z "$has_jieba" ] || python3 -B "$(dirname "$0")/words_jieba.py" "$@"
}
has_jieba=$(python3 -c 'import jieba' 2>/dev/null && echo yes)

score() { # score NAME GOLD VOCABULARY
    "$words" score "$2" "$3" | sed "s/^/$1	/" >>"$work/scores"
    jieba score "$2" "$3" | sed "s/^/$1	/" >>"$work/scores"
}
score pku "$seg/icwb2/gold/pku_test_gold.utf8" "$seg/icwb2/gold/pku_training_words.utf8"
score msr "$seg/icwb2/gold/msr_test_gold.utf8" "$seg/icwb2/gold/msr_training_words.utf8"
score ud "$seg/ud_gsdsimp_dev.utf8" -
printf 'set\tway\tF1\tP\tR\tOOV recall\n'
cat "$work/scores"
[ -n "$has_jieba" ] || echo 'jieba: python3-jieba is not installed'

echo
"$words" open

# MB/s of `suoyin segment`, files in and words out, by wall time: the fastest of five.
segment() { # segment THREADS FILE
    for _ in 1 2 3 4 5; do
        start=$(date +%s%N)
        "$suoyin" segment -j "$1" "$2" >/dev/null
        echo $(($(date +%s%N) - start))
    done | sort -n | awk -v bytes="$(wc -c <"$2")" 'NR == 1 { printf "\t%.1f", 1e3 * bytes / $1 }'
}

# 24 MB each; JSON around the text is left away by taking only what is Han or beside it.
for text in crud_news_dev laws_articles; do
    zstd -dcq "$shared/corpora/text/$text.jsonl.zst" 2>/dev/null | head -c 48000000 |
        sed 's/"[a-z_]*": *"//g; s/[{}"]//g; s/\\n/\n/g' | head -c 24000000 >"$work/$text"
    [ -s "$work/$text" ] || continue
    printf '\n%s\tMB/s, 1 thread\tMB/s, 2 threads\n' "$text"
    "$words" speed "$work/$text"
    printf 'suoyin segment'
    segment 1 "$work/$text"
    segment 2 "$work/$text"
    echo
    jieba speed "$work/$text"
done
