#!/bin/sh
# tests/run.sh OUT - all tests of one build, such as build/release.
#
# Runs OUT/tests/unit/test_*, OUT/tests/model/test_*, OUT/tests/fault/test_*, the command-line tests
# with OUT/suoyin, tests/readers_crosscheck.py with OUT/bench/readers, and the fuzz targets on their seeds and what was found, several at a time. Prints a line for each program, all output
# of those that failed, and closes with "N passed, N failed". A program that dies
# counts as one failed test beside those it told of.
set -u

# Runs one program ($2) with its results in the folder $1.
run_one() {
    results=$1
    program=$2
    name=$(basename "$program")
    file=$results/$name
    begin=$(date +%s)
    case $program in
    *.sh | *.py)
        tested=$SUOYIN_TESTED
        if [ "$name" = run.sh ]; then
            name=cli
        else
            tested=${SUOYIN_TESTED%/*}/bench/readers
        fi
        file=$results/$name
        if [ "$name" = cli ] || command -v python3 >/dev/null 2>&1; then
            timeout 900 "$program" "$tested" >"$file.log" 2>&1 </dev/null
            status=$?
        else
            printf 'skipped: there is no python3\n0 passed, 0 failed, 1 skipped\n' >"$file.log"
            status=0
        fi
        counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2 0/p
            s/^\(0\) passed, \(0\) failed, \(1\) skipped$/\1 \2 \3/p' "$file.log" | tail -n 1)
        ;;
    *)
        set --
        target=${name#fuzz_}
        [ "$target" = "$name" ] ||
            set -- "$results/seeds/$target" "tests/fuzz/seeds/$target" "tests/fuzz/found/$target"
        timeout 900 "$program" "$@" >"$file.log" 2>&1 </dev/null
        status=$?
        # cmocka 1.1 writes a skipped test as "not ok N # SKIP name".
        counts=$(awk '/^(not )?ok [0-9]+.*# SKIP/ { s++; next } /^ok [0-9]/ { p++ } /^not ok [0-9]/ { f++ }
            END { print p + 0, f + 0, s + 0 }' "$file.log")
        ;;
    esac
    seconds=$(($(date +%s) - begin))
    # shellcheck disable=SC2086  # three numbers
    set -- ${counts:-0 0 0}
    passed=$1 failed=$2 skipped=$3
    why=
    if [ "$status" -ge 124 ] || { [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        failed=$((failed + 1))
        why="; ended with status $status"
    elif [ $((passed + failed + skipped)) -eq 0 ]; then
        failed=1
        why='; ran no test'
    fi
    echo "$passed $failed $skipped" >"$file.counts"
    line="$name: $passed passed, $failed failed"
    [ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
    if [ "$failed" -eq 0 ]; then
        printf 'ok    %s (%s s)\n' "$line" "$seconds"
        # Why something was skipped is worth a line; the rest is not.
        grep '^skipped: ' "$file.log" | sort -u | sed 's/^/      /'
    else
        printf 'FAIL  %s (%s s%s)\n' "$line" "$seconds" "$why"
        mv "$file.log" "$file.failed"
    fi
}

if [ "${1:-}" = --one ]; then
    run_one "$2" "$3"
    exit 0
fi

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo 'usage: tests/run.sh OUT  (the folder of a build, such as build/release)' >&2
    exit 2
fi
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.." || exit 2
if [ ! -x "$out/suoyin" ]; then
    echo "tests/run.sh: there is no program '$out/suoyin'; build it with: make" >&2
    exit 2
fi
SUOYIN_TESTED=$out/suoyin
CMOCKA_MESSAGE_OUTPUT=TAP
ASAN_OPTIONS=detect_leaks=1:exitcode=99:allocator_may_return_null=1
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
LSAN_OPTIONS=exitcode=99
export SUOYIN_TESTED CMOCKA_MESSAGE_OUTPUT ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
results=$(mktemp -d "${TMPDIR:-/tmp}/suoyin-tests-XXXXXX") || exit 2
trap 'rm -rf "$results"' EXIT
trap 'exit 2' HUP INT TERM

"$out/tests/fuzz/seeds" "$results/seeds" || exit 2

# Programs of sources that are gone may still lie about: only those with a
# source are run. The slow ones, the command line, the model and the fault tests, go first.
{
    printf '%s\0' tests/cli/run.sh tests/readers_crosscheck.py
    for source in tests/model/test_*.c tests/fault/test_*.c tests/unit/test_*.c tests/fuzz/fuzz_*.c; do
        [ ! -f "$source" ] || printf '%s\0' "$out/${source%.c}"
    done
} | xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN)" sh tests/run.sh --one "$results"

for log in "$results"/*.failed; do
    [ -f "$log" ] || continue
    printf '\n----- %s\n' "$(basename "$log" .failed)"
    cat "$log"
done
echo
cat "$results"/*.counts | awk '{ p += $1; f += $2; s += $3 }
    END {
        printf "%d passed, %d failed%s\n", p, f, s ? ", " s " skipped" : ""
        exit f > 0 || p == 0
    }'
