"""ripgrep and GNU grep over the records' lines: no index, and no warm process."""
import os

import common
import corpus
from engines import base


class Grep(base.Engine):
    program = ()
    cold_queries = 8
    cold_rounds = 3

    def size(self):
        return 0

    def cold(self, query):
        if query["op"] != "one" or query["parts"][0][0] or query["want"] == "top10":
            return None
        count = ["-c"] if query["want"] == "count" else []
        return [*self.program, "-F", *count, "-e", corpus.escape(query["parts"][0][1]),
                os.path.join(self.collection, "lines.txt")]


class Ripgrep(Grep):
    name = "ripgrep"
    label = "ripgrep -F"
    program = ("rg", "--no-config", "--no-filename")

    def prepare(self):
        base.require("rg", "ripgrep")

    def version(self):
        return common.first_line("rg", "--version")


class GnuGrep(Grep):
    name = "grep"
    label = "GNU grep -F (C locale)"
    program = ("env", "LC_ALL=C", "grep")

    def prepare(self):
        base.require("grep", "grep")

    def version(self):
        return common.first_line("grep", "--version")
