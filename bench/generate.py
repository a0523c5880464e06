#!/usr/bin/env -S python3 -B
"""Made-up records that have the statistics of Chinese without its meaning: characters and
words by Zipf's law, words of one to four characters, punctuation, numbers, Latin words,
paragraphs. The same seed gives the same records.

    bench/generate.py MEGABYTES >records.jsonl"""
import itertools
import json
import random
import sys

N_CHARS = 6000
N_WORDS = 60000
WORD_LENGTHS = ((1, 2, 3, 4), (5, 70, 15, 10))  # a length, its share among the words in percent
LATIN = "abcdefghijklmnopqrstuvwxyz"


def zipf(n, exponent):
    """Cumulative weights of the ranks 1..n."""
    return list(itertools.accumulate(1 / (rank + 2) ** exponent for rank in range(n)))


def records(seed):
    """(key, {field: text}), without end."""
    random_of = random.Random(seed)
    chars = random_of.sample([chr(c) for c in range(0x4e00, 0x9fa6)], N_CHARS)
    char_weights = zipf(N_CHARS, 1.0)
    lengths = random_of.choices(WORD_LENGTHS[0], WORD_LENGTHS[1], k=N_WORDS)
    # The commonest words are single characters, as 的 is.
    words = chars[:60]
    words += ["".join(random_of.choices(chars, cum_weights=char_weights, k=length)) for length in lengths]
    words += ["".join(random_of.choices(LATIN, k=random_of.randint(2, 9))) for _ in range(N_WORDS // 20)]
    tail = words[60:]
    random_of.shuffle(tail)
    words[60:] = tail
    word_weights = zipf(len(words), 1.0)

    def clause(n):
        return "".join(random_of.choices(words, cum_weights=word_weights, k=n))

    def sentence():
        parts = [clause(random_of.randint(2, 9)) for _ in range(random_of.randint(1, 5))]
        if random_of.random() < .3:
            parts.append(f"{random_of.randint(1, 2000)}{random_of.choice(('%', '万元', '年', '亿元', '.5%'))}")
        return "，".join(parts) + "。"

    for n in itertools.count():
        n_sentences = min(60, 1 + int(random_of.expovariate(1 / 4)))
        text = sentence()
        for _ in range(n_sentences - 1):
            text += ("\n" if random_of.random() < .15 else "") + sentence()
        year, month, day = random_of.randint(1990, 2023), random_of.randint(1, 12), random_of.randint(1, 28)
        yield f"g{n:07}", {"title": clause(random_of.randint(3, 8)),
                           "section": f"第{random_of.randint(1, 12)}章 {clause(2)}",
                           "article": f"第{random_of.randint(1, 200)}条",
                           "date": f"{year}-{month:02}-{day:02}", "text": text}


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__.strip())
    left = int(sys.argv[1]) * 10 ** 6
    for key, fields in records(20231101):
        left -= sum(len(value.encode()) for value in fields.values())
        print(json.dumps({"id": key, **fields}, ensure_ascii=False))
        if left <= 0:
            break


if __name__ == "__main__":
    main()
