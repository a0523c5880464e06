#!/bin/sh
# tests/fuzz/run.sh OUT SECONDS [TARGET...] - fuzzes the targets in OUT/tests/fuzz one after the
# other, each for its share of SECONDS, and closes with a line for each: how many inputs were
# run, how many edges of the program they reached, how many are worth keeping.
#
# What a target learns stays in OUT/corpus/TARGET and is where the next run goes on. An input that
# fails goes to tests/fuzz/found/TARGET; `make check` replays it from then on. Exit status 1 then.
set -u

if [ $# -lt 2 ] || [ ! -x "$1/tests/fuzz/seeds" ]; then
    echo 'usage: tests/fuzz/run.sh OUT SECONDS [TARGET...]  (OUT: build/fuzz, made by: make fuzz)' >&2
    exit 2
fi
out=$1
seconds=$2
shift 2
cd "$(dirname "$0")/../.." || exit 2
if [ $# -eq 0 ]; then
    for source in tests/fuzz/fuzz_*.c; do
        name=${source#tests/fuzz/fuzz_}
        set -- "$@" "${name%.c}"
    done
fi
share=$((seconds / $#))
[ "$share" -gt 0 ] || share=1
scratch=$(mktemp -d /dev/shm/suoyin-fuzz-XXXXXX 2>/dev/null || mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 2' HUP INT TERM
TMPDIR=$scratch
export TMPDIR
mkdir -p "$out/corpus" && "$out/tests/fuzz/seeds" "$out/seeds" || exit 2
ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

failed=0
for target; do
    log=$out/corpus/$target.log
    dict=tests/fuzz/dict/$target.dict
    mkdir -p "$out/corpus/$target" "$out/seeds/$target" "tests/fuzz/seeds/$target" "tests/fuzz/found/$target"
    set -- "$out/corpus/$target" "$out/seeds/$target" "tests/fuzz/seeds/$target" "tests/fuzz/found/$target"
    [ ! -f "$dict" ] || set -- "-dict=$dict" "$@"
    "$out/tests/fuzz/fuzz_$target" "-max_total_time=$share" -timeout=20 -rss_limit_mb=3000 \
        "-artifact_prefix=tests/fuzz/found/$target/" -print_final_stats=1 "$@" >"$log" 2>&1 </dev/null
    status=$?
    rmdir "tests/fuzz/seeds/$target" "tests/fuzz/found/$target" 2>/dev/null
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    reached=$(sed -n 's/.* cov: \([0-9]*\) .* corp: \([0-9]*\)\/.*/\1 edges, \2 inputs kept/p' "$log" | tail -n 1)
    printf '%-9s %9s runs, %s, %s s\n' "$target" "${runs:-?}" "$reached" "$share"
    if [ "$status" -ne 0 ]; then
        failed=1
        echo "FAIL  $target: status $status, see $log"
        grep -m 3 -E 'ERROR|SUMMARY|Test unit written' "$log" | sed 's/^/      /'
    fi
done
exit $failed
