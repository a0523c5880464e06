"""What an adapter of an engine must say, and what most of them share."""
import os
import shutil
import subprocess

import common
import corpus


class Missing(Exception):
    """The engine cannot be had here; the text says why."""


class Engine:
    """One engine on one collection. Nothing is measured here but where an engine runs its
    queries inside one process (`warm`); build and cold queries are commands that the
    driver measures."""

    name = ""           # for ENGINES=
    label = ""          # for the table
    stores_text = True  # whether what is on disk gives the text back
    built_statuses = (0,)  # exit statuses of a good build
    cold_queries = 12  # of each class, at most
    cold_rounds = 5

    def __init__(self, collection, work):
        """`collection`: the folder of bench/corpus.py. `work`: a folder for the index."""
        self.collection = collection
        self.work = work
        self.tsv = os.path.join(collection, "records.tsv")
        self.jsonl = os.path.join(collection, "records.jsonl")

    def prepare(self):
        """Compiles what the adapter needs; raises Missing."""

    def version(self):
        return ""

    def clear(self):
        """Leaves an empty folder for a new index."""
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)

    def build(self):
        """Commands, each a list of arguments, which make the index; timed together."""
        return []

    def size(self):
        """Bytes the index takes on disk (blocks, for files may be sparse)."""
        return sum(os.lstat(os.path.join(folder, name)).st_blocks * 512
                   for folder, _, names in os.walk(self.work) for name in names)

    def cold(self, query):
        """A command that answers the query, or None if the engine has no such query."""
        return None

    def warm(self, queries, rounds):
        """[(number of records or None, [microseconds each round])] in the order of queries."""
        return [(None, []) for _ in queries]


def require(command, package):
    if shutil.which(command) is None:
        raise Missing(f"there is no {command} (package {package})")


def tool(name):
    """Where a compiled helper goes."""
    folder = os.path.join(common.scratch(), "tools")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def compile_tool(source, command, target):
    """Runs the compiler unless the target is newer than the source."""
    source = os.path.join(common.REPOSITORY, "bench", source)
    if os.path.exists(target) and os.path.getmtime(target) > os.path.getmtime(source):
        return
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Missing(f"{os.path.basename(source)} does not compile: "
                      + done.stdout.decode(errors="replace").strip().replace("\n", "; ")[:300])


def structured(query):
    """A query as the cells that peer_xapian and PeerLucene read."""
    return [query["want"], query["op"]] + [corpus.escape(cell) for part in query["parts"] for cell in part]


def run_warm(command, lines, folder, rounds):
    """Gives a helper the queries (a line each) and reads its answers."""
    path = os.path.join(folder, "warm-queries.tsv")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
    out = subprocess.run(command + [path, str(rounds)], stdout=subprocess.PIPE, check=True)
    os.unlink(path)
    answers = []
    for line in out.stdout.decode().splitlines():
        count, *micros = line.split("\t")
        answers.append((int(count) if int(count) >= 0 else None, [float(us) for us in micros]))
    return answers
