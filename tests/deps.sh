#!/bin/sh
# Installs what the build and the tests need and this machine lacks, by the
# system's package manager; does nothing, and needs no network, when all is there.
set -eu

missing=
need() { # need PACKAGE COMMAND...: the package, unless the command succeeds
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
library() { command -v pkg-config && pkg-config --exists "$1"; }

# Any C compiler will do; CC names the one to use.
need gcc has "${CC:-cc}"
need libc6-dev test -e /usr/include/stdio.h
need make has make
need pkg-config has pkg-config
need gettext has msgfmt
need libicu-dev library icu-i18n
need libxxhash-dev library libxxhash
need libxml2-dev library libxml-2.0
need libzip-dev library libzip
need libcmocka-dev library cmocka
if [ "${1:-}" = lint ]; then
    need clang has clang
    need clang-format has clang-format
fi

[ -n "$missing" ] || exit 0
echo "suoyin needs these packages, installing them:$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
if ! command -v apt-get >/dev/null 2>&1; then
    echo "no apt-get here: install$missing (Debian's names) and run this again" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q
# shellcheck disable=SC2086  # a list of words
$sudo apt-get install -q -y --no-install-recommends $missing
