"""Xapian with its n-grams of Chinese, Japanese and Korean, by a small program of ours."""
import os

import common
from engines import base


class Xapian(base.Engine):
    name = "xapian"
    label = "Xapian, n-grams"

    def prepare(self):
        base.require("g++", "g++")
        self.helper = base.tool("peer_xapian")
        source = os.path.join(common.REPOSITORY, "bench", "peer_xapian.cc")
        base.compile_tool("peer_xapian.cc", ["g++", "-O2", "-o", self.helper, source, "-lxapian"], self.helper)
        self.database = os.path.join(self.work, "db")

    def version(self):
        return common.package_version("libxapian-dev")

    def build(self):
        return [[self.helper, "build", self.tsv, self.database]]

    def cold(self, query):
        return [self.helper, "cold", self.database, *base.structured(query)]

    def warm(self, queries, rounds):
        lines = ["\t".join(base.structured(query)) for query in queries]
        return base.run_warm([self.helper, "warm", self.database], lines, self.work, rounds)
