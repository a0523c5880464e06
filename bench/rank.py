#!/usr/bin/env -S python3 -B
"""The quality of the ranking: nDCG@10, MRR@10 and Recall@100 of `suoyin query --any -k`
on the collections with judged questions of ../shared/corpora/eval.

    bench/rank.py                    suoyin, beside the baselines of the collections' README
    bench/rank.py --reference        a plain BM25 of character unigrams and bigrams instead: it
                                     must give the baselines, which checks this evaluator (but
                                     for csl_title2abs: its baseline is that of a larger set)

Needs Python 3 (standard library) and zstd."""
import argparse
import array
import collections
import heapq
import json
import math
import os
import re
import shutil
import subprocess
import sys
import unicodedata

import common

# nDCG@10, MRR@10, Recall@100 of plain BM25 over character unigrams and bigrams, from
# ../shared/corpora/README.md.
BASELINES = {
    "stard_laws": (.4014, .4178, .6882),
    "qbqtc_titles": (.8055, .7969, .8860),
    "xwlb_headline": (.7728, .7301, .9804),
    "csl_title2abs": (.9839, .9810, .9965),
}
DEPTH = 100
# What the baselines were measured on; not all sets have all of them.
FIELDS = ("title", "article", "text")


def read_records(folder):
    for line in common.zstd_lines(os.path.join(folder, "corpus.jsonl.zst")):
        yield json.loads(line)


def read_queries(folder):
    """[(id, text)] in the order of the file."""
    with open(os.path.join(folder, "queries.jsonl"), encoding="utf-8") as file:
        return [(q["_id"], q["text"]) for q in map(json.loads, file)]


def read_qrels(folder):
    """query id -> {record id: relevance}"""
    qrels = collections.defaultdict(dict)
    with open(os.path.join(folder, "qrels.tsv"), encoding="utf-8") as file:
        for line in file:
            cells = line.rstrip("\n").split("\t")
            if cells[-1].isdigit():  # not the heading
                qrels[cells[0]][cells[-2]] = int(cells[-1])
    return qrels


def evaluate(qrels, runs):
    """The mean over the judged queries with a relevant record; `runs` gives each query's
    ids, best first. A query without an answer counts as 0."""
    ndcg = mrr = recall = 0.0
    n = 0
    for query, judged in qrels.items():
        relevant = {key: rel for key, rel in judged.items() if rel > 0}
        if not relevant:
            continue
        n += 1
        ranked = runs.get(query, [])
        gain = sum((2 ** relevant.get(key, 0) - 1) / math.log2(i + 2)
                   for i, key in enumerate(ranked[:10]))
        ideal = sum((2 ** rel - 1) / math.log2(i + 2)
                    for i, rel in enumerate(sorted(relevant.values(), reverse=True)[:10]))
        ndcg += gain / ideal
        mrr += next((1 / (i + 1) for i, key in enumerate(ranked[:10]) if key in relevant), 0)
        recall += sum(key in relevant for key in ranked[:DEPTH]) / len(relevant)
    return n, ndcg / n, mrr / n, recall / n


HAN_OR_LATIN = re.compile("([\u3007\u3400-\u9fff\U00020000-\U0003ffff]+)|[a-z0-9]+")


def grams(text):
    """Han characters and the pairs of neighbours, and whole words of Latin letters and
    digits, all of the folded text."""
    found = []
    for run in HAN_OR_LATIN.finditer(unicodedata.normalize("NFKC", text).lower()):
        if run[1]:
            found.extend(run[1])
            found.extend(map("".join, zip(run[1], run[1][1:])))
        else:
            found.append(run[0])
    return found


def reference_runs(folder, k1=1.2, b=0.75):
    """Plain BM25, every list read to its end."""
    keys, lengths = [], []
    lists = collections.defaultdict(lambda: (array.array("I"), array.array("I")))
    for record in read_records(folder):
        counts = collections.Counter(grams("\n".join(map(record.get, FIELDS, ("",) * len(FIELDS)))))
        for gram, tf in counts.items():
            docs, tfs = lists[gram]
            docs.append(len(keys))
            tfs.append(tf)
        keys.append(record["_id"])
        lengths.append(sum(counts.values()))
    mean = sum(lengths) / len(lengths)
    norm = [k1 * (1 - b + b * length / mean) for length in lengths]
    weights = {}
    runs = {}
    for query, text in read_queries(folder):
        scores = collections.defaultdict(float)
        for gram, n in collections.Counter(grams(text)).items():
            if gram not in lists:
                continue
            docs, tfs = lists[gram]
            if gram not in weights:
                idf = math.log(1 + (len(keys) - len(docs) + .5) / (len(docs) + .5))
                weights[gram] = array.array(
                    "d", [idf * tf * (k1 + 1) / (tf + norm[doc]) for doc, tf in zip(docs, tfs)])
            for doc, weight in zip(docs, weights[gram]):
                scores[doc] += n * weight
        best = heapq.nsmallest(DEPTH, scores.items(), key=lambda hit: (-hit[1], hit[0]))
        runs[query] = [keys[doc] for doc, _ in best]
    return runs


def suoyin_runs(folder, scratch, program):
    """The program itself, with its defaults: an index of the records, the questions as a batch."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    records = os.path.join(scratch, "records.jsonl")
    with open(records, "w", encoding="utf-8") as file:
        for record in read_records(folder):
            fields = {"id": record["_id"]}
            fields.update((k, v) for k, v in record.items() if k in FIELDS and v)
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    index = os.path.join(scratch, "index")
    built = subprocess.run([program, "index", "-i", index, records], stderr=subprocess.PIPE)
    if built.returncode == 2:
        sys.exit("bench-rank: suoyin index failed: " + built.stderr.decode(errors="replace"))
    queries = read_queries(folder)
    batch = os.path.join(scratch, "queries.txt")
    with open(batch, "w", encoding="utf-8") as file:
        for _, text in queries:
            file.write(common.suoyin_plain(" ".join(text.split())) + "\n")
    out = subprocess.run([program, "query", "-i", index, "--any", "-k", str(DEPTH), "--keys",
                          "--batch", batch], stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in out.stdout.decode().split("\n") if line]
    if len(answers) != len(queries):
        sys.exit(f"bench-rank: {len(queries)} questions, {len(answers)} answers")
    errors = [a["error"] for a in answers if "error" in a]
    if errors:
        print(f"  {len(errors)} questions were refused, the first: {errors[0]}")
    return {query: answer.get("keys", []) for (query, _), answer in zip(queries, answers)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--reference", action="store_true", help="the plain BM25, not suoyin")
    parser.add_argument("--suoyin", default=common.suoyin_program(), help="the program to measure")
    parser.add_argument("sets", nargs="*", help="names of sets; all of them by default")
    args = parser.parse_args()
    root = os.path.join(common.shared(), "corpora", "eval")
    if not os.path.isdir(root):
        print(f"bench-rank: skipped, there is no {root} (SY_SHARED names the folder)")
        return
    if not args.reference and not common.suoyin_ranks(args.suoyin):
        print("bench-rank: skipped, this suoyin has no -k (bench/rank.py --reference works)")
        return
    heading = "reference" if args.reference else "suoyin"
    print(f"{'':14} {'':>7}  {heading:^21}  {'baseline':^21}")
    print(f"{'set':14} {'queries':>7}" + 2 * f"  {'nDCG@10':>7} {'MRR@10':>6} {'R@100':>6}")
    for name in args.sets or BASELINES:
        folder = os.path.join(root, name)
        scratch = os.path.join(common.scratch(), "rank", name)
        runs = reference_runs(folder) if args.reference else suoyin_runs(folder, scratch, args.suoyin)
        n, *ours = evaluate(read_qrels(folder), runs)
        print(f"{name:14} {n:7}" + "".join(f"  {a:7.4f} {b:6.4f} {c:6.4f}"
                                            for a, b, c in (ours, BASELINES[name])), flush=True)
        common.append_record({"kind": "rank", "engine": heading, "set": name, "queries": n,
                              "ndcg10": ours[0], "mrr10": ours[1], "recall100": ours[2]})


if __name__ == "__main__":
    main()
