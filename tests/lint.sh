#!/bin/sh
# tests/lint.sh - what a compiler or a script can see of how we write: a line a
# check, the faults below it, and at the end "N passed, N failed". Goes on after
# a failure; the exit status is then 1. Run as `make lint`, which installs what
# it needs.
set -u
cd "$(dirname "$0")/.." || exit 2

FOLDERS='base segmenter store indexer query include library cli'
jobs=$(getconf _NPROCESSORS_ONLN)
log=$(mktemp "${TMPDIR:-/tmp}/suoyin-lint-XXXXXX") || exit 2
trap 'rm -f "$log"' EXIT
trap 'exit 2' HUP INT TERM
passed=0
failed=0

# check TITLE FUNCTION [ARG...]: the function fails, or writes faults, or neither.
check() {
    title=$1
    shift
    if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
        echo "ok    $title"
        passed=$((passed + 1))
    else
        echo "FAIL  $title"
        sed 's/^/      /' "$log"
        failed=$((failed + 1))
    fi
}

# The sources of the project, with the words that end their names as arguments.
sources() {
    for ending in "$@"; do
        # shellcheck disable=SC2086  # a list of folders
        find $FOLDERS tests -name "*.$ending"
    done | LC_ALL=C sort
}

builds() { # builds COMPILER: everything, with warnings as errors
    make -s -j "$jobs" OUT="build/lint-$1" CC="$1" CFLAGS=-O2 WERROR=1 tests >/dev/null
}

headers_alone() { # headers_alone COMPILER: each header, after nothing else
    flags=$(pkg-config --cflags icu-uc libxml-2.0 libxxhash libzip cmocka)
    sources h | while read -r header; do
        # shellcheck disable=SC2086  # a list of flags
        printf '#include "%s"\n' "$header" |
            "$1" -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Werror -I. $flags -fsyntax-only -x c - ||
            echo "$header: does not compile alone"
    done
}

# Who may include what: style.md section 1. Headers of the C library and POSIX are
# free for all; the rest needs a rule.
include_directions() {
    sources c h | while read -r file; do
        sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*\).*/\1/p' "$file" |
            sed "s|^|$file |"
    done | awk '
        BEGIN {
            may["base"] = "base"
            may["segmenter"] = "base segmenter"
            may["store"] = "base store"
            may["include"] = ""
            may["library"] = "base segmenter store indexer query include library"
            may["indexer"] = "base segmenter store indexer"
            may["query"] = "base segmenter store query"
            may["cli"] = "base segmenter store indexer query include cli"
            may["tests"] = may["cli"] " library tests"
            also["base"] = "^(xxhash|sys/platform/x86)[.]h$"
            also["segmenter"] = "^unicode/"
            also["store"] = "^(zstd|lz4)"
            also["indexer"] = "^(libxml|unicode)/|^zip[.]h$"
            also["query"] = also["include"] = also["library"] = "^$"
            also["cli"] = "^unicode/"
            also["tests"] = "^(libxml|unicode)/|^(cmocka|xxhash|zip)[.]h$"
            libc = "^(assert|ctype|dirent|errno|fcntl|float|ftw|iconv|inttypes|limits|locale|malloc|math|poll|pthread|" \
                   "setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|" \
                   "strings|termios|threads|time|unistd|wchar|sys/[a-z]+|(imm|emm|tmm|smm)intrin|arm_neon)[.]h$"
        }
        {
            split($1, part, "/"); folder = part[1]
            name = substr($2, 2)
            if (substr($2, 1, 1) == "<") {
                if (name !~ libc && name !~ also[folder])
                    print $1 ": " folder "/ must not include <" name ">"
                next
            }
            if (name ~ /^[a-z_]+[.]inc$/) next          # made by the build
            if (split(name, from, "/") < 2) {
                print $1 ": \"" name "\" is not named from the top of the tree"
                next
            }
            if (index(" " may[folder] " ", " " from[1] " ") == 0)
                print $1 ": " folder "/ must not include \"" name "\""
            if (name ~ /_internal[.]h$/ && folder != "tests" &&
                substr($1, 1, match($1, /\/[^\/]*$/)) != substr(name, 1, match(name, /\/[^\/]*$/)))
                print $1 ": \"" name "\" is private to its folder"
        }'
}

formatted() {
    sources c h | xargs clang-format --dry-run 2>&1 | grep -o '^[^ :]*:[0-9]*' | sort -u |
        sed 's/$/: not as clang-format writes it (make format)/'
}

scripts() {
    { find tests corpus packaging -name '*.sh'; echo tests/cli/helpers; } | while read -r script; do
        sh -n "$script"
    done
    bash -n .ci/run
}

open_ends() { # the words are cut, so that this file does not find itself
    # shellcheck disable=SC2086  # a list of folders
    grep -rnwE 'TO''DO|FIX''ME' $FOLDERS tests corpus docs man Makefile README.md CHANGELOG.md .ci || true
}

unique_names() {
    sources c h | sed 's|.*/||' | sort | uniq -d | sed 's/$/: two files have this name/'
}

# A static library hides two functions of one name until both are needed.
unique_symbols() {
    # shellcheck disable=SC2086  # a list of folders
    # lean.o takes the place of cmd_index.o.
    (cd build/lint-gcc && find $(for f in $FOLDERS; do [ -d "$f" ] && echo "$f"; done) -name '*.o' ! -name lean.o -exec nm -g --defined-only {} +) |
        sed -n 's/^[0-9a-f]* [A-Z] //p' | sort >"$log.names"
    [ -s "$log.names" ] || echo 'not checked: the build with gcc failed'
    uniq -d "$log.names" | sed 's/$/: defined twice/'
    grep -v -e '^sy_' -e '^suoyin_' -e '^main$' "$log.names" | sed 's/$/: a name for all that does not begin with sy_ or suoyin_/'
    rm -f "$log.names"
}

# The help is printed from the table of options; the man pages are written by hand.
man_pages() {
    program=build/lint-gcc/suoyin
    [ -x "$program" ] || { echo 'not checked: the build with gcc failed'; return 1; }
    for command in $(ls man/suoyin-*.1 | sed 's|man/suoyin-\(.*\)[.]1|\1|'); do
        page=man/suoyin-$command.1
        "$program" "$command" -h | sed -n 's/^  *\(-.,\)* *--\([a-z-]*\).*/\2/p' | sort -u >"$log.help"
        sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/s/^\.B .*\\-\\-\([a-z][a-z\\-]*\).*/\1/p' "$page" | sed 's/\\//g' |
            sort -u >"$log.page"
        [ -s "$log.help" ] || echo "$page: no options in the help of $command"
        diff "$log.help" "$log.page" |
            sed -n "s|^< |$page: no option --|p; s|^> |$page: not in the help: --|p"
        rm -f "$log.help" "$log.page"
    done
}

check 'builds without warnings: gcc' builds gcc
check 'builds without warnings: clang' builds clang
check 'every header compiles alone: gcc' headers_alone gcc
check 'every header compiles alone: clang' headers_alone clang
check 'includes point down only' include_directions
check 'clang-format' formatted
check 'shell scripts can be read' scripts
check 'no open ends in the text' open_ends
check 'file names are unique' unique_names
check 'names for all are defined once, and ours' unique_symbols
check 'man pages have the options of the program' man_pages
echo
echo "$passed passed, $failed failed"
[ $failed = 0 ]
