#!/usr/bin/env -S python3 -B
"""Writes the tables of docs/benchmarks.md from the last records of bench/run.py and bench/rank.py.

    bench/table.py [FILE]      the text between the lines "<!-- figures -->" and "<!-- end -->" of
                               FILE (docs/benchmarks.md) is replaced; without them it is added

The collection is that of the last run; engines not measured on it are not shown."""
import json
import os
import sys

import common
import engines
import queries

BEGIN, END = "<!-- figures -->", "<!-- end -->"
# An engine is called exact if it found what a scan finds for all strings of this class.
EXACT_CLASS = "han"


def last_records():
    """({engine name: its last run on the collection of the last run}, {set: last ranking})"""
    runs, ranks = [], {}
    try:
        with open(common.records_file(), encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                if record["kind"] == "engine":
                    runs.append(record)
                elif record["engine"] == "suoyin":
                    ranks[record["set"]] = record
    except OSError:
        sys.exit(f"bench: no records in {common.records_file()} (make bench)")
    if not runs:
        sys.exit("bench: no run of an engine is recorded (make bench)")
    collection = runs[-1]["collection"]
    return {run["engine"]: run for run in runs if run["collection"] == collection}, ranks


def short(microseconds, unit=1000):
    """Milliseconds with three digits, or a dash."""
    if microseconds is None:
        return "-"
    value = microseconds / unit
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else \
        f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(heading, rows):
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows] + [""]


def is_exact(run):
    judged = run["classes"].get(EXACT_CLASS)
    return judged is not None and judged["exact"] == judged["judged"]


def build_table(runs):
    rows = []
    for run in runs:
        build, text = run["build"], run["collection"]["text_bytes"]
        exact = run["classes"].get(EXACT_CLASS, {"exact": 0, "judged": 0})
        cells = [run["label"], f"{exact['exact']} of {exact['judged']}"]
        if build:
            size = f"{run['size_bytes'] / text:.2f}" + ("" if run["stores_text"] else " without the text")
            cells += [f"{text / build['wall_s'] / 1e6:.1f}", f"{build['cpu_s']:.1f}",
                      f"{build['peak_kib'] / 1024:.0f}", size]
        else:
            cells += ["-"] * 4
        rows.append(cells)
    return table(["engine", "exact", "build MB/s", "CPU s", "peak MiB", "on disk / text"], rows)


def class_table(runs, cell):
    rows = []
    for kind, title in queries.CLASSES.items():
        ours = next((run["classes"].get(kind) for run in runs if run["engine"] == "suoyin"), None)
        cells = [cell(run["classes"][kind], ours) if kind in run["classes"] else "-" for run in runs]
        if any(text != "-" for text in cells):
            rows.append([title] + cells)
    return table(["queries"] + [run["label"] for run in runs], rows)


def warm_cell(figures, ours):
    """`ours`: suoyin's figures of the class, for answers that no scan can judge."""
    if figures["warm_p50_us"] is None:
        return "-"
    if "counts" in figures and ours and ours is not figures:
        other = sum(a != b for a, b in zip(figures["counts"], ours["counts"]))
        return (f"{short(figures['warm_p50_us'])} / {short(figures['warm_p99_us'])}"
                f" ({other} of {figures['queries']} not as suoyin)")
    wrong = figures["judged"] - figures["exact"]
    note = f" ({wrong} of {figures['judged']} wrong)" if wrong else ""
    return f"{short(figures['warm_p50_us'])} / {short(figures['warm_p99_us'])}{note}"


def losses(runs):
    """Where an engine with the same answers is faster or smaller than suoyin."""
    ours = next((run for run in runs if run["engine"] == "suoyin"), None)
    if ours is None:
        return ["suoyin is not among these runs.", ""]
    lines = []
    for kind, title in queries.CLASSES.items():
        mine = ours["classes"].get(kind)
        if mine is None:
            lines.append(f"- {title}: suoyin has no such query yet.")
            continue
        for figure, words in (("warm_p50_us", "warm median"), ("warm_p99_us", "warm 99th percentile"),
                              ("cold_p50_us", "cold")):
            better = [(run["classes"][kind][figure], run["label"]) for run in runs if run is not ours
                      and kind in run["classes"] and run["classes"][kind][figure] is not None
                      and mine[figure] is not None and run["classes"][kind][figure] < mine[figure]
                      and run["classes"][kind]["exact"] == run["classes"][kind]["judged"]
                      and (run["classes"][kind]["judged"] or is_exact(run))]
            if better:
                value, label = min(better)
                lines.append(f"- {title}, {words}: {short(mine[figure])} ms, {label} {short(value)} ms.")
    text = ours["collection"]["text_bytes"]
    for run in runs:
        if run is ours or not run["build"]:
            continue
        if run["build"]["wall_s"] < ours["build"]["wall_s"]:
            lines.append(f"- build: {text / ours['build']['wall_s'] / 1e6:.1f} MB/s, {run['label']} "
                         f"{text / run['build']['wall_s'] / 1e6:.1f} MB/s{'' if is_exact(run) else ' (not exact)'}.")
        if run["size_bytes"] < ours["size_bytes"]:
            lines.append(f"- size: {ours['size_bytes'] / text:.2f} of the text, {run['label']} "
                         f"{run['size_bytes'] / text:.2f}{'' if run['stores_text'] else ' (without the text)'}.")
    return (lines or ["Nowhere, among the engines with the same answers."]) + [""]


def shown(command):
    """A command without the folders of this machine."""
    words = [word.replace(common.suoyin_program(), "suoyin").replace(common.scratch(), "$SY_BENCH_DIR")
             .replace(common.REPOSITORY + "/", "") for word in command]
    return " ".join(word if word and not set(word) & set(" \"'{}();|<>*") else "'" + word.replace("'", "'\\''") + "'"
                    for word in words)


def figures(runs, ranks):
    first = runs[0]
    machine, collection = first["machine"], first["collection"]
    floors = [run["floor_us"] for run in runs if run["floor_us"]]
    lines = [
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Linux {machine['kernel']}; {machine['compiler']}. Load when the runs began: "
        f"{min(r['machine']['load_before'] for r in runs)} to {max(r['machine']['load_before'] for r in runs)}.",
        "",
        f"Collection: {collection['records']:,} records, {collection['text_bytes'] / 1e6:.1f} MB of text "
        f"({collection['origin']}). `make bench BENCH_MB={collection['megabytes']}`, "
        f"{first['time'][:10]}.", ""]
    lines += ["### Answers, build and size", ""] + build_table(runs)
    lines += ["### Warm, milliseconds: median / 99th percentile", ""]
    lines += class_table([r for r in runs if any(c["warm_p50_us"] for c in r["classes"].values())], warm_cell)
    if floors:
        lines += ["### Cold, milliseconds: a process from spawn to exit, median", "",
                  f"The empty process took {short(min(floors))} to {short(max(floors))}.", ""]
        lines += class_table([r for r in runs if r["floor_us"]],
                             lambda figures, ours: short(figures["cold_p50_us"]))
        ours = next((r for r in runs if r["engine"] == "suoyin"), None)
        if ours and ours["floor_us"]:
            lines += [f"suoyin over the empty process beside it ({short(ours['floor_us'])}), and its minor page faults: "
                      + ", ".join(f"{queries.CLASSES[kind]} {(c['cold_p50_us'] - ours['floor_us']) / 1000:+.2f} "
                                  f"({c['cold_faults']})" for kind, c in ours["classes"].items()
                                  if c["cold_p50_us"]) + ".", ""]
    lines += ["### Where suoyin loses", ""] + losses(runs)
    if ranks:
        import rank
        lines += ["### Ranking (`make bench-rank`)", ""]
        lines += table(["set", "queries", "nDCG@10", "MRR@10", "Recall@100", "baseline"],
                       [[name, r["queries"]] + [f"{r[key]:.4f}" for key in ("ndcg10", "mrr10", "recall100")]
                        + [" / ".join(f"{value:.4f}" for value in rank.BASELINES[name])]
                        for name, r in ranks.items()])
    lines += ["### Versions and commands", ""]
    for run in runs:
        lines.append(f"- {run['label']}: {run['version']}")
        for what in ("build", "cold"):
            commands = run["commands"][what] or []
            for command in commands if what == "build" else [commands] if commands else []:
                lines.append(f"  - {what}: `{shown(command)}`")
    return "\n".join(lines) + "\n"


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.join(common.REPOSITORY, "docs", "benchmarks.md")
    by_engine, ranks = last_records()
    runs = [by_engine[kind.name] for kind in engines.ALL if kind.name in by_engine]
    new = f"{BEGIN}\n{figures(runs, ranks)}{END}"
    text = ""
    if os.path.exists(target):
        with open(target, encoding="utf-8") as file:
            text = file.read()
    before, begin, rest = text.partition(BEGIN)
    text = before + new + rest.partition(END)[2] if begin else text + ("\n" if text else "") + new + "\n"
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"bench: {target} has the figures of {', '.join(by_engine)}")


if __name__ == "__main__":
    main()
