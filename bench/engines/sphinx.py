"""Sphinx with one character a token. It answers from a daemon only, so it has no cold
query; warm ones are timed at the client, over a socket of this machine."""
import os
import re
import socket
import struct
import subprocess
import time

import common
from engines import base

CONFIGURATION = """source records
{{
    type = tsvpipe
    tsvpipe_command = sed -f {work}/spaces.sed {tsv}
    tsvpipe_attr_string = key
    tsvpipe_field = title
    tsvpipe_field = section
    tsvpipe_field = article
    tsvpipe_field = date
    tsvpipe_field = text
}}
index records
{{
    source = records
    path = {work}/records
    ngram_len = 1
    ngram_chars = U+3400..U+4DBF, U+4E00..U+9FFF, U+F900..U+FAFF, U+20000..U+2FFFF
    min_prefix_len = 3
}}
indexer
{{
    mem_limit = 256M
}}
searchd
{{
    listen = {work}/socket:mysql41
    pid_file = {work}/searchd.pid
    log = {work}/searchd.log
    binlog_path =
}}
"""


class Client:
    """As much of the MySQL protocol as a SELECT of strings needs."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")
        self.receive()
        flags = 0x200 | 0x8000 | 0x1  # protocol 4.1, its authentication, long passwords
        self.send(1, struct.pack("<IIB23x", flags, 1 << 24, 33) + b"bench\0\0")
        self.receive()

    def send(self, number, payload):
        self.socket.sendall(struct.pack("<I", len(payload))[:3] + bytes([number]) + payload)

    def receive(self):
        head = self.file.read(4)
        if len(head) < 4:
            raise OSError("the daemon closed the connection")
        return self.file.read(int.from_bytes(head[:3], "little"))

    def receive_until_end(self):
        packets = []
        while True:
            packet = self.receive()
            if packet[0] == 0xfe and len(packet) < 9:
                return packets
            packets.append(packet)

    def rows(self, statement):
        """The first column of each row, or None after an error."""
        self.send(0, b"\x03" + statement.encode())
        if self.receive()[0] == 0xff:
            return None
        self.receive_until_end()
        return [packet[1:1 + packet[0]].decode(errors="replace") for packet in self.receive_until_end()]


class Sphinx(base.Engine):
    name = "sphinx"
    label = "Sphinx, ngram_len=1"
    stores_text = False

    def prepare(self):
        base.require("searchd", "sphinxsearch")
        base.require("indexer", "sphinxsearch")
        self.configuration = os.path.join(self.work, "sphinx.conf")

    def version(self):
        return common.package_version("sphinxsearch")

    def build(self):
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(tsv=self.tsv, work=self.work))
        # Paragraph ends and tabs are blanks to it. The line of a command cannot hold a backslash there.
        with open(os.path.join(self.work, "spaces.sed"), "w", encoding="utf-8") as file:
            file.write(r"s/\\[nt]/ /g" + "\n")
        return [["indexer", "--quiet", "--config", self.configuration, "records"]]

    @staticmethod
    def statement(query, most):
        """`most`: how many records there are; the daemon makes room for as many as are asked for."""
        parts = []
        for field, text in query["parts"]:
            escaped = re.sub(r'([\\()|\-!@~"&/^$=<*])', r"\\\1", text)
            written = escaped + "*" if query["op"] == "prefix" else f'"{escaped}"'
            parts.append((f"@{field} " if field else "") + written)
        match = (" | " if query["op"] == "or" else " ").join(parts)
        match = match.replace("\\", "\\\\").replace("'", "\\'")
        what, rest = {"count": ("count(*)", "OPTION ranker=none"),
                      "top10": ("key", "LIMIT 10"),
                      "keys": ("key", f"LIMIT {most} OPTION ranker=none, max_matches={most}"),
                      }[query["want"]]
        return f"SELECT {what} FROM records WHERE MATCH('{match}') {rest}"

    def warm(self, queries, rounds):
        daemon = subprocess.Popen(["searchd", "--nodetach", "--config", self.configuration],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return self.ask(self.connect(daemon), queries, rounds)
        finally:
            daemon.terminate()
            daemon.wait()

    def connect(self, daemon):
        for _ in range(200):
            try:
                return Client(os.path.join(self.work, "socket"))
            except OSError:
                if daemon.poll() is not None:
                    break
                time.sleep(.05)
        raise SystemExit("bench: searchd does not answer, see " + os.path.join(self.work, "searchd.log"))

    def ask(self, client, queries, rounds):
        counts, micros = [None] * len(queries), [[] for _ in queries]
        with open(self.tsv, "rb") as file:
            most = sum(1 for _ in file)
        statements = [self.statement(query, most) for query in queries]
        for _ in range(rounds):
            for i, query in enumerate(queries):
                start = time.perf_counter()
                rows = client.rows(statements[i])
                micros[i].append((time.perf_counter() - start) * 1e6)
                if rows is not None:
                    counts[i] = int(rows[0]) if query["want"] == "count" and rows else len(rows)
        return list(zip(counts, micros))
