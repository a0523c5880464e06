"""Groonga with its bigram tokenizer, by the commands of its own program."""
import json
import os
import subprocess
import urllib.parse

import common
from engines import base

TABLES = """table_create Records TABLE_HASH_KEY ShortText
column_create Records title COLUMN_SCALAR ShortText
column_create Records section COLUMN_SCALAR ShortText
column_create Records article COLUMN_SCALAR ShortText
column_create Records date COLUMN_SCALAR ShortText
column_create Records text COLUMN_SCALAR Text
"""
# Made after the records are loaded, which is the faster way.
INDEX = """table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto
column_create Terms place COLUMN_INDEX|WITH_POSITION|WITH_SECTION Records title,section,article,date,text
"""


class Groonga(base.Engine):
    name = "groonga"
    label = "Groonga, TokenBigram"

    def prepare(self):
        base.require("groonga", "groonga-bin")
        self.database = os.path.join(self.work, "db")

    def version(self):
        return common.package_version("groonga-bin")

    def build(self):
        with open(os.path.join(self.work, "tables.grn"), "w", encoding="utf-8") as file:
            file.write(TABLES)
        with open(os.path.join(self.work, "index.grn"), "w", encoding="utf-8") as file:
            file.write(INDEX)
        script = ('set -e; cd "$1"; groonga -n db <tables.grn >/dev/null; '
                  '{ echo "load --table Records"; echo "["; '
                  """sed 's/^{"id"/{"_key"/; $!s/$/,/' "$2"; echo "]"; } | groonga db >/dev/null; """
                  'groonga db <index.grn >/dev/null')
        return [["sh", "-c", script, "groonga-build", self.work, self.jsonl]]

    @staticmethod
    def command(query):
        parts = []
        for field, text in query["parts"]:
            written = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
            if query["op"] == "prefix":
                written = text + "*"
            parts.append(f"{field}:@{written}" if field else written)
        arguments = {"table": "Records", "match_columns": "Terms.place",
                     "query": (" OR " if query["op"] == "or" else " ").join(parts),
                     "query_flags": "ALLOW_COLUMN", "output_columns": "_key", "limit": "0"}
        if query["op"] == "prefix":
            arguments["query_flags"] = "NONE"
        if query["want"] == "top10":
            arguments.update(sort_keys="-_score", limit="10")
        elif query["want"] == "keys":
            arguments["limit"] = "-1"
        return "/d/select?" + urllib.parse.urlencode(arguments, quote_via=urllib.parse.quote)

    def cold(self, query):
        return ["groonga", self.database, self.command(query)]

    def warm(self, queries, rounds):
        commands = "/d/cache_limit?max=0\n" + rounds * "".join(self.command(q) + "\n" for q in queries)
        done = subprocess.run(["groonga", self.database], input=commands.encode(), stdout=subprocess.PIPE,
                              check=True)
        found = [json.loads(line) for line in done.stdout.decode().splitlines()][1:]
        answers = []
        for i, query in enumerate(queries):
            mine = found[i::len(queries)]
            count = None
            if mine[0][0][0] == 0:
                rows = mine[0][1][0]
                count = rows[0][0] if query["want"] == "count" else len(rows) - 2
            answers.append((count, [answer[0][2] * 1e6 for answer in mine]))
        return answers
