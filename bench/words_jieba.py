"""jieba on one gold set, as a line of bench/words.c: way, F1, P, R, OOV recall."""
import sys

import jieba


def spans(words):
    out, at = [], 0
    for word in words:
        out.append((at, at + len(word)))
        at += len(word)
    return out


def main():
    gold_path, vocabulary_path = sys.argv[1:3]
    vocabulary = None
    if vocabulary_path != "-":
        with open(vocabulary_path, encoding="utf-8") as lines:
            vocabulary = {line.strip() for line in lines}
    jieba.setLogLevel(60)
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


main()
