#!/usr/bin/env python3
"""Regular expressions: suoyin query -c against ripgrep -c, over the same JSON Lines.

    bench/regex.py SUOYIN [FILE...]

Processor time (user and system) of a whole process, the best of five, in milliseconds; files are
in memory by then. ripgrep matches lines of JSON, names of members and all, and suoyin values in
normal form, so the counts are not the same; both are shown. FILE: JSON Lines; without, the laws and
news of $SY_SHARED or ../shared, 190 MB. Prints a table for docs/benchmarks.md.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

RUNS = 5
GROUPS = [
    ("Two plain characters or more", ["缺口", "资金.{0,4}短缺", "(财政|审计)局.{0,6}报告", r"第十[一二]条.*罚款"]),
    ("One plain character", ["[一-龥]{4}局", r"\d{4}年", "第.条", ".{2}局.{2}"]),
    (
        "None",
        [r"\d{9}", "[A-Z]{3,}", ".*", "^.{0,3}$", r"\p{Han}{30,}", r"\w+\s\w+\s\w+", "[^，。]{60}",
         "[甲乙丙丁][一-龥]", r"[0-9]+\.[0-9]+%", "(?i)[a-z]+@[a-z]+"],
    ),
    (
        "Look-around, back references (ripgrep -P)",
        [r"(?<![0-9])1[0-9]{10}(?![0-9])", r"(?<=共)\d{3,}", r"(\d)\1{4}", r"(.)\1", r"(.)\1\1\1"],
    ),
]


def measure(command):
    """Milliseconds of processor time, the best of RUNS, and the sum of the numbers printed."""
    best = None
    for _ in range(RUNS):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, err = process.stdout.read(), process.stderr.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode > 1:
            sys.exit(f"{command}: {err.decode()}")
        ms = 1000 * (used.ru_utime + used.ru_stime)
        best = ms if best is None else min(best, ms)
    return best, sum(int(n) for n in out.split())


def corpus(folder):
    shared = pathlib.Path(os.environ.get("SY_SHARED", pathlib.Path(__file__).parents[1] / "../shared"))
    files = []
    for name in ("laws_articles", "crud_news_dev"):
        packed = shared / "corpora/text" / f"{name}.jsonl.zst"
        if not packed.exists():
            sys.exit(f"skipped: no {packed}")
        files.append(f"{folder}/{name}.jsonl")
        subprocess.run(["zstd", "-qd", packed, "-o", files[-1]], check=True)
    return files


def main():
    suoyin, files = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="suoyin-regex-") as folder:
        files = files or corpus(folder)
        index = f"{folder}/index"
        subprocess.run([suoyin, "index", "-q", "-i", index, *files], check=True)
        size = sum(os.path.getsize(file) for file in files) / 1e6
        print(f"{size:.0f} MB; milliseconds of processor time\n")
        print("| expression | ripgrep | suoyin | suoyin / ripgrep | lines | records |")
        print("|---|---|---|---|---|---|")
        for title, expressions in GROUPS:
            print(f"| **{title}** | | | | | |")
            for expression in expressions:
                rg = ["rg", "--no-config", "-j1", "--no-filename", "-c", "-e", expression, *files]
                if "-P" in title:
                    rg.insert(1, "-P")
                theirs, lines = measure(rg)
                ours, records = measure([suoyin, "query", "-i", index, "-c", f"/{expression}/"])
                shown = expression.replace("|", "\\|")
                print(f"| `{shown}` | {theirs:.0f} | {ours:.1f} | {ours / theirs:.2f} | {lines} | {records} |",
                      flush=True)


if __name__ == "__main__":
    main()
