"""SQLite's FTS5: one Han character a token, or its trigrams."""
import os
import re

import common
from engines import base

SPACED = re.compile("([\u3400-\u9fff\U00010000-\U0010ffff])")


class Sqlite(base.Engine):
    kind = ""

    def prepare(self):
        base.require("sqlite3", "sqlite3")
        self.helper = base.tool("peer_sqlite")
        source = os.path.join(common.REPOSITORY, "bench", "peer_sqlite.c")
        base.compile_tool("peer_sqlite.c", [os.environ.get("CC", "cc"), "-O2", "-std=c17", "-D_GNU_SOURCE",
                                            "-o", self.helper, source, "-lsqlite3"], self.helper)
        self.database = os.path.join(self.work, "records.db")

    def version(self):
        return common.first_line("sqlite3", "--version").split(" ")[0]

    def build(self):
        return [[self.helper, "build", self.kind, self.tsv, self.database]]

    def phrase(self, text):
        if self.kind == "chars":
            text = SPACED.sub(r" \1 ", text)
        return '"' + text.replace('"', '""') + '"'

    def match(self, query):
        star = " *" if query["op"] == "prefix" else ""
        parts = [(f"{{{field}}} : " if field else "") + self.phrase(text) + star
                 for field, text in query["parts"]]
        return (" OR " if query["op"] == "or" else " AND ").join(parts)

    def cold(self, query):
        match = self.match(query).replace("'", "''")
        statement = {
            "count": "SELECT count(*) FROM fts WHERE fts MATCH '%s'",
            "top10": "SELECT r.key FROM (SELECT rowid AS n FROM fts WHERE fts MATCH '%s'"
                     " ORDER BY rank LIMIT 10) JOIN records r ON r.id = n",
            "keys": "SELECT r.key FROM fts JOIN records r ON r.id = fts.rowid WHERE fts MATCH '%s'",
        }[query["want"]] % match
        return ["sqlite3", "-batch", "-init", "/dev/null", self.database, statement]

    def warm(self, queries, rounds):
        lines = [query["want"] + "\t" + self.match(query) for query in queries]
        return base.run_warm([self.helper, "warm", self.database], lines, self.work, rounds)


class SqliteChars(Sqlite):
    name = "fts5"
    label = "SQLite FTS5, one Han character a token"
    kind = "chars"


class SqliteTrigram(Sqlite):
    name = "fts5-trigram"
    label = "SQLite FTS5, trigram"
    kind = "trigram"
