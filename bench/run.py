#!/usr/bin/env -S python3 -B
"""Measures suoyin and its peers on the same records and the same queries (`make bench`).

Each engine builds its index, answers all queries inside one process (warm) and a part of
them as fresh processes (cold); its answers are compared with a scan of the text. Each run
adds one JSON object to records.jsonl in the scratch folder ($SY_BENCH_DIR, else
build/bench); bench/table.py makes the tables of docs/benchmarks.md from the last ones."""
import argparse
import os
import statistics
import subprocess
import sys

import common
import corpus
import engines
import queries as query_sets
from engines.base import Missing

WARM_ROUNDS = 6  # the first is dropped


def percentile(values, percent):
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def is_exact(engine, query, count):
    """Whether the number is what a scan finds, in the text as it is or in normal form; an
    engine may fold or not, but suoyin answers for its own normal form."""
    truths = {query["normal"]} if engine.name == "suoyin" else {query["raw"], query["normal"]}
    if query["want"] == "top10":
        truths = {min(10, truth) for truth in truths}
    return count in truths


class Spawner:
    """bench/spawn.c: the measuring of whole processes."""

    def __init__(self, tools, folder):
        self.program = os.path.join(tools, "spawn")
        self.nop = os.path.join(tools, "nop")
        self.listing = os.path.join(folder, "commands.txt")

    def once(self, commands, statuses):
        """All commands one after another: wall and CPU seconds, peak KiB of the largest."""
        total = {"wall_s": 0.0, "cpu_s": 0.0, "peak_kib": 0}
        for command in commands:
            out = subprocess.run([self.program, "once", *command], stdout=subprocess.PIPE, check=True)
            wall, user, system, peak, status = map(int, out.stdout.decode().split("\t"))
            if status not in statuses:
                raise Missing(f"the build failed with status {status}: {' '.join(command)}")
            total["wall_s"] += wall / 1e6
            total["cpu_s"] += (user + system) / 1e6
            total["peak_kib"] = max(total["peak_kib"], peak)
        return total

    def each(self, commands, rounds):
        """[(median us, minor faults, status, first line)], and the floor in us: the
        empty process stands before every tenth command and is measured with them."""
        with open(self.listing, "w", encoding="utf-8", newline="\n") as file:
            for i, command in enumerate(commands):
                if i % 10 == 0:
                    file.write(self.nop + "\n")
                file.write("\x1f".join(command) + "\n")
        out = subprocess.run([self.program, "each", self.listing, str(rounds)],
                             stdout=subprocess.PIPE, check=True)
        rows, floors = [], []
        for n, line in enumerate(out.stdout.decode(errors="replace").split("\n")[:-1]):
            median, _, faults, status, head = line.split("\t", 4)
            if n % 11 == 0:
                floors.append(float(median))
            else:
                rows.append((float(median), int(faults), int(status), head))
        return rows, statistics.median(floors)


def measure_warm(engine, queries):
    """Fills "count" and "warm_us" of each query."""
    for query, (count, micros) in zip(queries, engine.warm(queries, WARM_ROUNDS)):
        query["count"] = count
        query["warm_us"] = statistics.median(micros[1:]) if len(micros) > 1 else None


def measure_cold(engine, queries, spawner):
    """Fills "cold_us" and "faults" of the first queries of each class; engines without a warm
    process get their counts here. Returns (floor in us, an example of a command)."""
    chosen, per_class = [], {}
    for query in queries:
        command = engine.cold(query)
        per_class[query["class"]] = per_class.get(query["class"], 0) + 1
        if command and per_class[query["class"]] <= engine.cold_queries:
            # NUL, the separator and line ends cannot be in a command's line here.
            if not any(set(argument) & set("\n\x1f\0") for argument in command):
                chosen.append((query, command))
    if not chosen:
        return None, None
    rows, floor = spawner.each([command for _, command in chosen], engine.cold_rounds)
    for (query, _), (median, faults, status, head) in zip(chosen, rows):
        query["cold_us"], query["faults"] = median, faults
        if query["count"] is None and query["want"] == "count" and status in (0, 1):
            query["count"] = int(head) if head.isdigit() else 0
    return floor, chosen[0][1]


def summarize(engine, queries):
    """{class: figures}"""
    classes = {}
    for kind in query_sets.CLASSES:
        mine = [query for query in queries if query["class"] == kind]
        answered = [query for query in mine if query["count"] is not None]
        if not answered:
            continue
        judged = [query for query in answered if "normal" in query]
        warm = [query["warm_us"] for query in answered if query["warm_us"] is not None]
        cold = [query["cold_us"] for query in answered if "cold_us" in query]
        classes[kind] = {
            "queries": len(mine), "answered": len(answered), "judged": len(judged),
            "exact": sum(is_exact(engine, query, query["count"]) for query in judged),
            "warm_p50_us": percentile(warm, 50), "warm_p99_us": percentile(warm, 99),
            "warm_max_us": max(warm, default=None), "cold_p50_us": percentile(cold, 50),
            "cold_max_us": max(cold, default=None),
            "cold_faults": percentile([query["faults"] for query in answered if "faults" in query], 50)}
        if not judged:  # nothing to hold the numbers against but those of other engines
            classes[kind]["counts"] = [query["count"] for query in mine]
    return classes


def report_differences(engine, queries):
    """Names the first answers that are not those of the scan."""
    wrong = [query for query in queries if query["count"] is not None and "normal" in query
             and not is_exact(engine, query, query["count"])]
    for query in wrong[:5]:
        parts = ", ".join((field + ":" if field else "") + text for field, text in query["parts"])
        print(f"  differs: {query['class']} {parts}: {query['count']}, "
              f"a scan finds {query['raw']} ({query['normal']} in normal form)")
    if len(wrong) > 5:
        print(f"  and {len(wrong) - 5} more")


def measure(engine, collection, queries, spawner):
    """All of one engine; returns the record of the run."""
    machine = common.machine()
    engine.prepare()
    engine.clear()
    commands = engine.build()
    build = spawner.once(commands, engine.built_statuses) if commands else None
    size = engine.size()
    if build:
        text = collection["text_bytes"]
        print(f"  built in {build['wall_s']:.1f} s, {text / build['wall_s'] / 1e6:.1f} MB/s, "
              f"peak {build['peak_kib'] / 1024:.0f} MiB, {size / text:.3f} of the text", flush=True)
    measure_warm(engine, queries)
    floor, cold_command = measure_cold(engine, queries, spawner)
    classes = summarize(engine, queries)
    print(f"  {'class':12} {'exact':>9} {'warm p50':>10} {'p99 us':>10} {'cold us':>10} {'faults':>7}")
    for kind, c in classes.items():
        figures = "".join(f" {'-' if c[name] is None else format(c[name], '.1f'):>10}"
                          for name in ("warm_p50_us", "warm_p99_us", "cold_p50_us"))
        faults = "-" if c["cold_faults"] is None else c["cold_faults"]
        print(f"  {kind:12} {c['exact']:4}/{c['judged']:<4}{figures} {faults:>7}")
    report_differences(engine, queries)
    return {"kind": "engine", "engine": engine.name, "label": engine.label, "version": engine.version(),
            "stores_text": engine.stores_text, "machine": machine, "collection": collection,
            "build": build, "size_bytes": size, "floor_us": floor, "warm_rounds": WARM_ROUNDS - 1,
            "cold_rounds": engine.cold_rounds,
            "commands": {"build": commands, "cold": cold_command}, "classes": classes}


def chosen_engines(names):
    known = {engine.name: engine for engine in engines.ALL}
    wrong = [name for name in names if name not in known]
    if wrong:
        sys.exit(f"bench: no engine {wrong[0]}; there are: {' '.join(known)}")
    return [known[name] for name in names] or list(engines.ALL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--mb", type=int, default=50,
                        help="text of the collection, in 10^6 bytes (190: all there is; more: repeated)")
    parser.add_argument("--tools", required=True, help="the folder with oracle, spawn and nop")
    parser.add_argument("--keep", action="store_true", help="keep the indexes")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help="all of them by default")
    args = parser.parse_args()
    chosen = chosen_engines(" ".join(args.engines).replace(",", " ").split())
    folder, collection = corpus.prepare(args.mb)
    collection["megabytes"] = args.mb
    drawn = query_sets.prepare(folder, os.path.join(args.tools, "oracle"))
    spawner = Spawner(args.tools, folder)
    print(f"{collection['records']} records, {collection['text_bytes'] / 1e6:.1f} MB of text, {len(drawn)} queries")
    for kind in chosen:
        engine = kind(folder, os.path.join(folder, kind.name))
        print(f"{engine.label}", flush=True)
        try:
            record = measure(engine, collection, [dict(query) for query in drawn], spawner)
        except Missing as missing:
            print(f"  left out: {missing}")
            continue
        common.append_record(record)
        if not args.keep:
            engine.clear()


if __name__ == "__main__":
    main()
