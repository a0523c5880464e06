"""The collection that all engines get: the same records, in the same order.

From ../shared/corpora/text (articles of law and news, shuffled by a fixed seed so that each
size is a fair sample; past ALL_MB they are repeated with changed words, to see how things
grow), or made up by generate.py where that folder is absent. In the folder:
    records.jsonl   one object a line: id and the fields, as suoyin reads it
    records.tsv     number, id and the fields; a paragraph end inside a field is \\n, a tab \\t
                    and a backslash \\\\, so a record is a line (for the peers and grep)
    lines.txt       the fields alone in the same form, for grep
    collection.json origin, number of records, bytes of the fields' text"""
import collections
import itertools
import json
import os
import random

import common
import generate

SOURCES = (
    # file, our field -> its field
    ("laws_articles", {"title": "title", "section": "section", "article": "article",
                       "date": "date", "text": "text"}),
    ("crud_news_dev", {"title": "", "section": "dateline", "article": "",
                       "date": "date", "text": "body"}),
)
SEED = 20231101
ALL_MB = 190  # up to here a collection ends with the real records
BAND = 64     # characters of neighbouring frequency that change places


def real_lines(folder):
    """[(source, line)] shuffled; the lines stay bytes until they are needed."""
    lines = []
    for source, (name, _) in enumerate(SOURCES):
        path = os.path.join(folder, name + ".jsonl.zst")
        lines.extend((source, line) for line in common.zstd_lines(path))
    random.Random(SEED).shuffle(lines)
    return lines


def real_records(folder):
    for source, line in real_lines(folder):
        record = json.loads(line)
        fields = SOURCES[source][1]
        yield record["id"], {ours: record.get(theirs, "") for ours, theirs in fields.items()}


def characters_changed(counts, repetition):
    """A table for str.translate: each Han character becomes another about as frequent, so that
    words change and their statistics do not."""
    ranked = [char for char, _ in counts.most_common() if "\u3400" <= char <= "\u9fff"]
    table = {}
    for start in range(0, len(ranked), BAND):
        band = ranked[start:start + BAND]
        step = repetition % len(band)
        table.update(zip(map(ord, band), band[step:] + band[:step]))
    return table


def repeated_records(folder):
    """The real records, then again and again with changed words, without end."""
    counts = collections.Counter()
    for key, fields in real_records(folder):
        counts.update(fields["text"])
        yield key, fields
    for repetition in itertools.count(1):
        table = characters_changed(counts, repetition)
        for key, fields in real_records(folder):
            yield f"{key}-{repetition}", {name: value.translate(table) for name, value in fields.items()}


def escape(text):
    return (text.replace("\\", "\\\\").replace("\t", "\\t").replace("\r\n", "\\n")
            .replace("\n", "\\n").replace("\r", "\\n"))


def write(records, limit, folder, origin):
    """Writes records until their text reaches `limit` bytes."""
    n = text_bytes = 0
    with open(os.path.join(folder, "records.jsonl"), "w", encoding="utf-8") as jsonl, \
         open(os.path.join(folder, "records.tsv"), "w", encoding="utf-8", newline="\n") as tsv, \
         open(os.path.join(folder, "lines.txt"), "w", encoding="utf-8", newline="\n") as lines:
        for key, fields in records:
            n += 1
            text_bytes += sum(len(value.encode()) for value in fields.values())
            kept = {name: value for name, value in fields.items() if value}
            jsonl.write(json.dumps({"id": key, **kept}, ensure_ascii=False) + "\n")
            line = "\t".join(escape(fields.get(name, "")) for name in common.FIELDS) + "\n"
            tsv.write(f"{n}\t{escape(key)}\t{line}")
            lines.write(line)
            if text_bytes >= limit:
                break
    collection = {"origin": origin, "records": n, "text_bytes": text_bytes}
    with open(os.path.join(folder, "collection.json"), "w", encoding="utf-8") as file:
        json.dump(collection, file)
    return collection


def prepare(megabytes):
    """(folder, collection) of this size at most; made once, then found again."""
    source = os.path.join(common.shared(), "corpora", "text")
    real = os.path.exists(os.path.join(source, SOURCES[0][0] + ".jsonl.zst"))
    folder = os.path.join(common.scratch(), f"{'real' if real else 'generated'}-{megabytes}")
    done = os.path.join(folder, "collection.json")
    if os.path.exists(done):
        with open(done, encoding="utf-8") as file:
            return folder, json.load(file)
    os.makedirs(folder, exist_ok=True)
    if real:
        records, origin = real_records(source), "articles of law and news items, shuffled"
        if megabytes > ALL_MB:
            records, origin = repeated_records(source), origin + " and repeated with changed words"
        return folder, write(records, megabytes * 10 ** 6, folder, origin)
    print(f"bench: there is no {source}; the collection is generated")
    return folder, write(generate.records(SEED), megabytes * 10 ** 6, folder,
                         "generated by bench/generate.py")
