#!/bin/sh
# tests/cli/run.sh PROGRAM [NAME...] - the command-line tests.
#
# Runs every NAME.sh beside this file in a fresh folder, and compares what it
# writes with NAME.stdout and NAME.stderr (where they exist) and its exit status
# with NAME.exit (else 0). One that writes a line "skipped: why" is not counted.
# The scripts have:
#   SUOYIN   the program      CORPUS   the folder corpus/
#   HELPERS  functions that they share
set -u

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/cli/run.sh PROGRAM [NAME...]" >&2
    exit 2
fi
SUOYIN=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
CORPUS=$(cd "$here/../.." && pwd)/corpus
HELPERS=$here/helpers
shift
export SUOYIN CORPUS HELPERS
# What a user has set must not change what is expected; an error of a sanitizer
# must not pass for an exit status of ours.
unset NO_COLOR SUOYIN_INDEX COLUMNS
TERM=xterm
LC_ALL=C
ASAN_OPTIONS=exitcode=99
UBSAN_OPTIONS=exitcode=99
LSAN_OPTIONS=exitcode=99
export TERM LC_ALL ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

work=$(mktemp -d "${TMPDIR:-/tmp}/suoyin-cli-XXXXXX") || exit 2
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

passed=0
failed=0

# compare WANTED GOT LABEL: prints a diff and fails if they are not the same.
compare() {
    diff -u --label "wanted $3" --label "got $3" "$1" "$2" >>"$work/diff"
}

run_one() {
    name=$1
    script=$here/$name.sh
    rm -rf "$work/cwd"
    mkdir "$work/cwd"
    : >"$work/diff"
    (cd "$work/cwd" && sh "$script") >"$work/stdout" 2>"$work/stderr" </dev/null
    echo $? >"$work/exit"
    good=1
    if grep '^skipped: ' "$work/stdout"; then
        return
    fi
    echo 0 >"$work/wanted"
    [ ! -f "$here/$name.exit" ] || cp "$here/$name.exit" "$work/wanted"
    compare "$work/wanted" "$work/exit" 'exit status' || good=0
    for stream in stdout stderr; do
        [ ! -f "$here/$name.$stream" ] ||
            compare "$here/$name.$stream" "$work/$stream" "$stream" || good=0
    done
    if [ $good = 1 ]; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        cat "$work/diff"
        [ -f "$here/$name.stderr" ] || cat "$work/stderr"
        failed=$((failed + 1))
    fi
    chmod -R u+rwX "$work/cwd"
}

if [ $# -eq 0 ]; then
    for script in "$here"/*.sh; do
        name=$(basename "$script" .sh)
        [ "$name" = run ] || set -- "$@" "$name"
    done
fi
for name in "$@"; do
    run_one "$name"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
