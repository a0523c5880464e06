"""What the programs of bench/ share: where things are, and how a run is recorded."""
import datetime
import json
import os
import platform
import subprocess

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIELDS = ("title", "section", "article", "date", "text")


def shared():
    """The folder with the real collections; it need not exist."""
    return os.environ.get("SY_SHARED") or os.path.join(REPOSITORY, "..", "shared")


def scratch():
    """Where collections, indexes and records of runs go: never into the sources."""
    folder = os.environ.get("SY_BENCH_DIR") or os.path.join(REPOSITORY, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    return os.path.abspath(folder)


def zstd_lines(path):
    """The lines of a compressed text, as bytes."""
    with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as process:
        yield from process.stdout
    if process.returncode != 0:
        raise SystemExit(f"bench: zstd cannot read {path}")


def first_line(*command):
    """The first line that a command prints, on either output, or ''."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace").partition("\n")[0].strip()


def package_version(name):
    return first_line("dpkg-query", "-W", "-f", "${Version}\n", name)


def machine():
    """What a reader must know of the machine; read anew for each run."""
    model = ""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = round(int(file.readline().split()[1]) / 1024 / 1024)
    system = ""
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            system = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
            system = system.get("PRETTY_NAME", "").strip('"')
    except OSError:
        pass
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "memory_gib": memory,
            "system": system, "kernel": platform.release(),
            "load_before": round(os.getloadavg()[0], 2),
            "compiler": first_line(os.environ.get("CC", "cc"), "--version")}


def records_file():
    return os.path.join(scratch(), "records.jsonl")


def append_record(record):
    """Adds one run to the records, with its time."""
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    with open(records_file(), "a", encoding="utf-8") as file:
        file.write(json.dumps({"time": stamp, **record}, ensure_ascii=False) + "\n")


def suoyin_program():
    return os.path.abspath(os.environ.get("SY_BENCH_SUOYIN") or os.path.join(REPOSITORY, "build", "suoyin"))


def suoyin_ranks(program):
    """Whether this suoyin can give the N best (-k)."""
    try:
        done = subprocess.run([program, "query", "--help"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    except OSError:
        return False
    return any(word.strip(",") == "-k" for word in done.stdout.decode().split())


def suoyin_quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def suoyin_plain(text):
    """A question as it is typed, with what the query language would read as its own escaped."""
    return "".join(c if c.isalnum() or c.isspace() else "\\" + c for c in text)
