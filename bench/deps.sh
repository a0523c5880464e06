#!/bin/sh
# bench/deps.sh - installs the peers that `make bench` measures beside suoyin, by
# the system's package manager: what is missing, one package after another, so
# that one which cannot be had does not keep the others away. The driver says by
# itself which engines it does without.
set -u

missing=
need() { # need PACKAGE COMMAND...: the package, unless the command succeeds
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
library() { command -v pkg-config && pkg-config --exists "$1"; }

need python3 has python3
need zstd has zstd
if [ "${1:-}" != rank ]; then # the judged collections need no peers
    need sqlite3 has sqlite3
    need libsqlite3-dev library sqlite3
    need groonga-bin has groonga
    need g++ has g++
    need libxapian-dev library xapian-core
    need openjdk-17-jdk-headless has javac
    need liblucene8-java sh -c 'ls /usr/share/java/lucene-core-8*.jar'
    need sphinxsearch has searchd
    need ripgrep has rg
fi

[ -n "$missing" ] || exit 0
echo "suoyin's benchmarks need these packages, installing them:$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
if ! command -v apt-get >/dev/null 2>&1; then
    echo "no apt-get here: install$missing (Debian's names); the engines that are missing are left out" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >&2
for package in $missing; do
    $sudo apt-get install -q -y --no-install-recommends "$package" >&2 ||
        echo "bench/deps.sh: $package cannot be had; its engine is left out" >&2
done
