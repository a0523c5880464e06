"""jieba beside bench/words.c.

    words_jieba.py score GOLD VOCABULARY|-    a line: way, F1, P, R, OOV recall
    words_jieba.py speed FILE                 a line: way, MB/s of the first 2 MB, one thread
"""
import sys
import time

import jieba

SPEED_BYTES = 2_000_000


def spans(words):
    out, at = [], 0
    for word in words:
        out.append((at, at + len(word)))
        at += len(word)
    return out


def score(gold_path, vocabulary_path):
    vocabulary = None
    if vocabulary_path != "-":
        with open(vocabulary_path, encoding="utf-8") as lines:
            vocabulary = {line.strip() for line in lines}
    right = gold = found = unknown = unknown_right = 0
    with open(gold_path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            cut = set(spans(jieba.cut("".join(words), HMM=True)))
            found += len(cut)
            for word, span in zip(words, spans(words)):
                gold += 1
                right += span in cut
                if vocabulary is not None and word not in vocabulary:
                    unknown += 1
                    unknown_right += span in cut
    p, r = right / found, right / gold
    oov = f"{unknown_right / unknown:.4f}" if unknown else "-"
    print(f"jieba\t{2 * p * r / (p + r):.4f}\t{p:.4f}\t{r:.4f}\t{oov}")


def speed(path):
    with open(path, "rb") as file:
        text = file.read(SPEED_BYTES)
    lines = text.decode(errors="ignore").split("\n")
    start = time.process_time()
    for line in lines:
        for _ in jieba.cut(line, HMM=True):
            pass
    print(f"jieba\t{len(text) / 1e6 / (time.process_time() - start):.1f}\t-")


jieba.setLogLevel(60)
jieba.initialize()
if sys.argv[1] == "score":
    score(*sys.argv[2:4])
else:
    speed(sys.argv[2])
