# What a terminal shows while documents are read: files, records and their rate; and that
# nothing of it stays. A stand-in for a slow program gives it time to show.
. "$HELPERS"
command -v python3 >/dev/null || {
    echo 'skipped: there is no python3'
    exit 0
}
mkdir bin docs
printf '#!/bin/sh\nsleep .5\necho 资金短缺\n' >bin/antiword
chmod +x bin/antiword
printf '{"id":"1","status":"无"}\n{"id":"2","status":"无"}\n' >docs/a.jsonl
for name in b c; do # compound files that have a stream WordDocument
    printf '\320\317\021\340\241\261\032\341W\000o\000r\000d\000D\000o\000c\000u\000m\000e\000n\000t\000' >docs/$name.doc
done
# Runs a command on a terminal: what it drew, a drawing a line, goes to the file `drawn`; what
# stands there at the end is printed.
cat >on_terminal.py <<'P'
import os
import pty
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b''
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
with open('drawn', 'w') as drawn:
    for line in shown.decode().replace('\r\n', '\n').split('\n'):
        at_end = ''
        for drawing in line.split('\r'):
            text, erased, rest = drawing.partition('\x1b[K')
            drawn.write(text + '\n')
            at_end = text + rest if erased else drawing + at_end[len(drawing):]
        if at_end:
            print(at_end)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
P
PATH=$PWD/bin:$PATH
show() {
    python3 on_terminal.py "$SUOYIN" index --rebuild -i my.idx "$@" || echo "exit $?"
    sed 's/, [0-9][0-9]* a second/, N a second/' drawn | grep '^reading.* [02] of 3$' | uniq
}
echo '== on a terminal'
show docs
echo '== quiet'
show -q docs
echo '== on a terminal that cannot erase'
TERM=dumb
export TERM
show docs
