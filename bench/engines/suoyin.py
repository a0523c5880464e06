"""suoyin itself, by its command line."""
import json
import os
import subprocess

import common
from engines.base import Engine, Missing


class Suoyin(Engine):
    name = "suoyin"
    label = "suoyin"
    built_statuses = (0, 1)  # 1: a record was replaced or skipped, and named
    cold_queries = 20
    cold_rounds = 9

    def __init__(self, collection, work):
        super().__init__(collection, work)
        self.program = common.suoyin_program()
        self.index = os.path.join(work, "index")

    def prepare(self):
        if not os.access(self.program, os.X_OK):
            raise Missing(f"there is no {self.program} (make)")
        self.ranks = common.suoyin_ranks(self.program)
        if not self.ranks:
            print("  suoyin: has no -k yet, the ranked classes are left out")

    def version(self):
        commit = common.first_line("git", "-C", common.REPOSITORY, "describe", "--always", "--dirty")
        version = common.first_line(self.program, "--version")
        return version + (f" ({commit})" if commit and " " not in commit else "")

    def build(self):
        return [[self.program, "index", "-i", self.index, self.jsonl]]

    @staticmethod
    def expression(query):
        """Exact texts are quoted; ranked ones are bare words, as a user types them."""
        parts = []
        for field, text in query["parts"]:
            written = common.suoyin_quoted(text)
            if query["op"] == "prefix":
                written = common.suoyin_plain(text) + "*"
            elif query["want"] == "top10":
                written = common.suoyin_plain(text)
            parts.append((field + ":" if field else "") + written)
        return (" OR " if query["op"] == "or" else " ").join(parts)

    @staticmethod
    def options(want):
        return {"count": ["-c"], "top10": ["-k", "10", "--keys"], "keys": ["--keys"]}[want]

    def cold(self, query):
        if query["want"] == "top10" and not self.ranks:
            return None
        return [self.program, "query", "-i", self.index, *self.options(query["want"]), "--",
                self.expression(query)]

    def batch(self, want, queries, rounds):
        path = os.path.join(self.work, "batch.txt")
        with open(path, "w", encoding="utf-8") as file:
            for _ in range(rounds):
                file.writelines(self.expression(query) + "\n" for query in queries)
        options = [] if want == "count" else self.options(want)
        done = subprocess.run([self.program, "query", "-i", self.index, *options, "--batch", path],
                              stdout=subprocess.PIPE)
        os.unlink(path)
        lines = done.stdout.decode().splitlines()
        if len(lines) != rounds * len(queries):
            raise SystemExit(f"bench: suoyin --batch gave {len(lines)} lines for {rounds * len(queries)} queries")
        found = [json.loads(line) for line in lines]
        answers = []
        for i, query in enumerate(queries):
            mine = found[i::len(queries)]
            if "error" in mine[0]:
                print(f"  suoyin: {self.expression(query)}: {mine[0]['error']}")
            answers.append((mine[0].get("count"), [answer["us"] for answer in mine if "us" in answer]))
        return answers

    def warm(self, queries, rounds):
        answers = [(None, [])] * len(queries)
        for want in ("count", "top10", "keys"):
            mine = [i for i, query in enumerate(queries) if query["want"] == want]
            if not mine or (want == "top10" and not self.ranks):
                continue
            for i, answer in zip(mine, self.batch(want, [queries[i] for i in mine], rounds)):
                answers[i] = answer
        return answers
