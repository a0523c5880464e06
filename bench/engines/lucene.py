"""Lucene 8 with its CJK analyzer, by a small program of ours."""
import glob
import os

import common
from engines import base


class Lucene(base.Engine):
    name = "lucene"
    label = "Lucene 8, CJK bigrams"
    cold_queries = 3
    cold_rounds = 3

    def prepare(self):
        base.require("javac", "openjdk-17-jdk-headless")
        jars = [sorted(glob.glob(f"/usr/share/java/lucene-{part}-8*.jar"))
                for part in ("core", "analyzers-common")]
        if not all(jars):
            raise base.Missing("there are no jars of Lucene 8 in /usr/share/java (package liblucene8-java)")
        classes = base.tool("java")
        libraries = ":".join(names[-1] for names in jars)
        self.class_path = libraries + ":" + classes
        source = os.path.join(common.REPOSITORY, "bench", "PeerLucene.java")
        base.compile_tool("PeerLucene.java", ["javac", "-cp", libraries, "-d", classes, source],
                          os.path.join(classes, "PeerLucene.class"))
        self.index = os.path.join(self.work, "index")

    def version(self):
        return common.package_version("liblucene8-java") + ", " + common.first_line("java", "--version")

    def java(self, *options):
        return ["java", *options, "-cp", self.class_path, "PeerLucene"]

    def build(self):
        return [[*self.java("-Xmx1g"), "build", self.tsv, self.index]]

    def cold(self, query):
        # The options that start a short process fastest.
        return [*self.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"), "cold", self.index,
                *base.structured(query)]

    def warm(self, queries, rounds):
        lines = ["\t".join(base.structured(query)) for query in queries]
        return base.run_warm([*self.java("-Xmx1g"), "warm", self.index], lines, self.work, rounds)
