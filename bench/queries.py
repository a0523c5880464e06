"""The queries, drawn from the collection itself by a fixed seed, and what each must find.

A query is {"class", "op": one|and|or|prefix, "parts": [[field or "", text], ...], "want":
count|top10|keys}. Its truth (bench/oracle.c) is the number of records that hold the parts as
substrings of one field's text, as it is ("raw") and in suoyin's normal form ("normal")."""
import collections
import json
import os
import random
import re
import subprocess

import common
import corpus

SEED = 72
SAMPLE = 6 * 10 ** 6  # bytes of records.tsv whose statistics choose words
HAN = r"\u3007\u3400-\u9fff\U00020000-\U0003ffff"
HAN_RUN = re.compile(f"[{HAN}]+")
LATIN_OR_DIGITS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/-]{7,}[A-Za-z0-9]")
LATIN_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{5,}(?![A-Za-z0-9])")

# What a reader of the table sees, in its order.
CLASSES = {
    "freq_top10": "frequent word, ranked top-10",
    "count": "frequent word, counted",
    "all": "frequent word, all keys",
    "rare": "rare word",
    "and2": "AND of 2",
    "and3": "AND of 3",
    "or4_top10": "OR of 4, ranked top-10",
    "phrase": "phrase of 5 to 8",
    "field": "word in one field",
    "prefix": "prefix",
    "char1": "single character",
    "sub2": "2 Han characters, drawn from the text",
    "han": "2 to 8 Han characters, drawn from the text",
    "rand": "3 to 12 characters of any kind",
    "worst": "worst cases",
}


def read_sample(folder):
    """(records, texts): cells of records spread over the whole file, and a plain list of their
    paragraphs."""
    path = os.path.join(folder, "records.tsv")
    step = max(1, os.path.getsize(path) // SAMPLE)
    records = []
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file):
            if number % step == 0:
                records.append([re.split(r"\\[nt]|\\\\", cell) for cell in line.rstrip("\n").split("\t")[2:]])
    return records


class Statistics:
    """In how many records of the sample each character and each pair of Han neighbours is,
    and what stands around the pairs."""

    def __init__(self, records):
        self.n_records = len(records)
        self.chars, self.pairs, self.triples = (collections.Counter() for _ in range(3))
        before, behind = collections.defaultdict(set), collections.defaultdict(set)
        for record in records:
            chars, pairs, triples = set(), set(), set()
            for run in (run for cell in record for part in cell for run in HAN_RUN.findall(part)):
                chars.update(run)
                padded = "^" + run + "$"
                for i in range(len(run) - 1):
                    pair = run[i:i + 2]
                    pairs.add(pair)
                    before[pair].add(padded[i])
                    behind[pair].add(padded[i + 3])
                triples.update(run[i:i + 3] for i in range(len(run) - 2))
            self.chars.update(chars)
            self.pairs.update(pairs)
            self.triples.update(triples)
        self.variety = {pair: min(len(before[pair]), len(behind[pair])) for pair in self.pairs}

    def words(self, low, high):
        """Pairs in low..high of the records (parts of 1) that look like words: together far
        more often than by chance, and among many neighbours for how often they occur."""
        n = self.n_records
        return sorted(pair for pair, df in self.pairs.items()
                      if low * n <= df <= high * n
                      and df * n > 4 * self.chars[pair[0]] * self.chars[pair[1]]
                      and self.variety[pair] ** 2 > df)


def substring(rand, records, shortest, longest, han):
    """A stretch of one paragraph, from a place chosen evenly over records."""
    while True:
        parts = [part for cell in rand.choice(records) for part in cell]
        text = rand.choices(parts, [len(part) + 1 for part in parts])[0]
        length = rand.randint(shortest, longest)
        if han:
            runs = [run for run in HAN_RUN.findall(text) if len(run) >= length]
            if not runs:
                continue
            text = rand.choices(runs, [len(run) for run in runs])[0]
        if len(text) < length:
            continue
        start = rand.randrange(len(text) - length + 1)
        found = text[start:start + length]
        # A space at an end is not part of what is searched for in every engine.
        if found == found.strip() and "\\" not in found:
            return found


def worst_cases(rand, records, statistics):
    """What an index of characters and pairs finds hard."""
    texts = ["的", "年", "、", "有限公司", "年1月1日", "第一百", "的规定", "0", "e"]
    common_pairs = {pair for pair, _ in statistics.pairs.most_common(400)}
    hard = sorted((df, triple) for triple, df in statistics.triples.items()
                  if triple[:2] in common_pairs and triple[1:] in common_pairs)
    texts += [triple for _, triple in hard[:12]]
    # The same, but absent: every record that has both pairs is looked at in vain.
    absent = [a + b[1] for a in sorted(common_pairs) for b in sorted(common_pairs)
              if a[1] == b[0] and a + b[1] not in statistics.triples]
    texts += rand.sample(absent, min(6, len(absent)))
    long = sorted({found for record in records for cell in record for part in cell
                   for found in LATIN_OR_DIGITS.findall(part)})
    texts += rand.sample(long, min(10, len(long)))
    texts += ["a" * 40, "1" * 30, "中华人民共和国" * 4]
    return texts


def draw(folder):
    """The list of queries."""
    rand = random.Random(SEED)
    records = read_sample(folder)
    statistics = Statistics(records)
    frequent = statistics.words(.02, .2)
    middling = statistics.words(.004, .02)
    # At most a handful in the sample: a few dozen in all.
    rare = sorted(pair for pair, df in statistics.pairs.items() if 2 <= df <= 4)
    latin = sorted({word.lower() for record in records for cell in record for part in cell
                    for word in LATIN_WORD.findall(part)})
    heads = sorted(word for word, df in statistics.pairs.items() if df >= 3)
    queries = []

    def add(kind, op, parts, want="count"):
        queries.append({"class": kind, "op": op, "parts": parts, "want": want})

    def some(words, n):
        return rand.sample(words, min(n, len(words)))

    for word in some(frequent, 40):
        for kind, want in (("freq_top10", "top10"), ("count", "count"), ("all", "keys")):
            add(kind, "one", [["", word]], want)
    for word in some(rare, 40):
        add("rare", "one", [["", word]])
    for _ in range(40):
        add("and2", "and", [["", word] for word in some(frequent + middling, 2)])
        add("and3", "and", [["", word] for word in some(frequent, 3)])
        add("or4_top10", "or", [["", word] for word in some(frequent, 4)], "top10")
    for _ in range(60):
        add("phrase", "one", [["", substring(rand, records, 5, 8, True)]])
    for field in ("title", "section", "text"):
        for word in some(frequent or heads, 20):
            add("field", "one", [[field, word]])
    for word in some(latin, 20):
        add("prefix", "prefix", [["", word[:rand.randint(3, 5)]]])
    for _ in range(60):
        add("char1", "one", [["", substring(rand, records, 1, 1, True)]])
    for _ in range(100):
        add("sub2", "one", [["", substring(rand, records, 2, 2, True)]])
    for _ in range(300):
        add("han", "one", [["", substring(rand, records, 2, 8, True)]])
    for _ in range(200):
        add("rand", "one", [["", substring(rand, records, 3, 12, False)]])
    for text in worst_cases(rand, records, statistics):
        add("worst", "one", [["", text]])
    return queries


def with_truth(folder, queries, oracle):
    """Adds each query's truth, counted by a scan of the whole text."""
    listing = os.path.join(folder, "oracle.tsv")
    with open(listing, "w", encoding="utf-8", newline="\n") as file:
        for query in queries:
            cells = [query["op"]] + [cell for part in query["parts"] for cell in part]
            file.write("\t".join(map(corpus.escape, cells)) + "\n")
    done = subprocess.run([oracle, os.path.join(folder, "records.tsv"), listing],
                          stdout=subprocess.PIPE, check=True)
    for query, line in zip(queries, done.stdout.decode().splitlines()):
        if query["op"] != "prefix":  # where a word begins is each engine's own opinion
            query["raw"], query["normal"] = map(int, line.split())
    return queries


def prepare(folder, oracle):
    """The queries of the collection in `folder`, with their truth; made once."""
    path = os.path.join(folder, "queries.jsonl")
    if not os.path.exists(path):
        queries = with_truth(folder, draw(folder), oracle)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(query, ensure_ascii=False) + "\n" for query in queries)
        os.rename(path + ".new", path)
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
