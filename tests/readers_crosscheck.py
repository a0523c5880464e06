#!/usr/bin/env python3
"""readers_crosscheck.py READERS [FOLDER] - the text of .docx and .xlsx files, read a second way.

READERS is the program bench/readers. FOLDER holds documents; without it the real and odd ones of
../shared/corpora/robust/robust.tar.zst are unpacked to a temporary folder. Each file is read with
zipfile and xml.etree alone, and its paragraphs and cells are compared with what `READERS --text`
prints, after the normal form (NFKC, case, white space). Numbers of lists, which only our reader
makes, may stand before a paragraph; numbers of cells are compared by how many there are. Prints a
line for each difference, then how many agree, and "N passed, N failed" for tests/run.sh; the exit
status is 1 below 95 %. Without the archive it skips and says so.
"""
import collections
import os
import posixpath
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
import zipfile

GROWTH_MAX = 200  # text to the size of the file: docs/ledgers.md, "Limits"
REL = '{http://schemas.openxmlformats.org/package/2006/relationships}'


def local(element):
    return element.tag.rsplit('}', 1)[-1] if isinstance(element.tag, str) else ''


def attr(element, name):
    for key, value in element.attrib.items():
        if key.rsplit('}', 1)[-1] == name:
            return value
    return None


def normal(text):
    text = unicodedata.normalize('NFKC', text.replace('\u00ad', '')).casefold()
    return ''.join(text.split())


class Unsound(Exception):
    pass


def spoken_name(info):
    """The name that an extra field of Info-ZIP gives in UTF-8, which zipfile does not look at."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from('<HH', extra, at)
        if kind == 0x7075 and size > 5:
            return extra[at + 9:at + 4 + size].decode('utf-8', errors='replace')
        at += 4 + size
    return info.filename


class Package:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.text_most = GROWTH_MAX * os.path.getsize(path)
        self.names = {spoken_name(info).lower(): info for info in self.zip.infolist()}
        if len(self.names) < len(self.zip.infolist()):
            raise Unsound('two parts of one name')

    def xml(self, part):
        data = self.zip.read(self.names[part.lower()])
        if b'<!DOCTYPE' in data[:2000]:
            raise Unsound('document type declaration')
        return ET.fromstring(data)

    def relations(self, part):
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, '_rels', name + '.rels')
        found = []
        if path.lower() in self.names:
            for r in self.xml(path):
                if r.get('TargetMode') != 'External' and r.get('Target'):
                    target = posixpath.normpath(posixpath.join('/' + folder, r.get('Target')))
                    found.append((r.get('Id'), (r.get('Type') or '').rsplit('/', 1)[-1], target.lstrip('/')))
        return found

    def by_type(self, part, kind):
        for _, type_, target in self.relations(part):
            if type_ == kind and target.lower() in self.names:
                return target
        return None


DROPPED = {'del', 'moveFrom', 'instrText', 'delText', 'delInstrText', 'pPr', 'rPr', 'sectPr', 'sdtPr',
           'tblPr', 'tblGrid', 'trPr', 'tcPr', 'rt', 'tblPrEx'}


class Word:
    """Paragraphs of a part, text boxes as paragraphs of their own."""

    def __init__(self):
        self.paragraphs = []
        self.fields = []
        self.carried = ''

    def walk(self, element, out):
        name = local(element)
        if name in DROPPED:
            return
        if name == 'AlternateContent':
            choices = [c for c in element if local(c) in ('Choice', 'Fallback')]
            for child in choices[:1]:
                self.walk_children(child, out)
            return
        if name == 'tr' and any(local(p) == 'trPr' and any(local(c) == 'del' for c in p) for p in element):
            return
        if name in ('footnote', 'endnote') and attr(element, 'type') not in (None, 'normal'):
            return
        if name == 'p':
            text = []
            self.walk_children(element, text)
            joined = self.carried + ''.join(text)
            self.carried = ''
            if self.mark_deleted(element):
                self.carried = joined
            else:
                self.paragraphs.append(joined)
            return
        if name == 'fldChar':
            kind = attr(element, 'fldCharType')
            if kind == 'begin':
                self.fields.append(True)
            elif kind == 'separate' and self.fields:
                self.fields[-1] = False
            elif kind == 'end' and self.fields:
                self.fields.pop()
        elif any(self.fields) and name in ('t', 'sym', 'noBreakHyphen'):
            return
        elif name == 't':
            out.append(element.text or '')
        elif name == 'noBreakHyphen':
            out.append('-')
        elif name == 'sym':
            out.append('\ufffc')
        self.walk_children(element, out)

    def walk_children(self, element, out):
        for child in element:
            self.walk(child, out)

    @staticmethod
    def mark_deleted(p):
        for ppr in p:
            if local(ppr) == 'pPr':
                for rpr in ppr:
                    if local(rpr) == 'rPr' and any(local(c) in ('del', 'moveFrom') for c in rpr):
                        return True
        return False


def read_docx(package):
    main = package.by_type('', 'officeDocument') or 'word/document.xml'
    paragraphs = []
    for part in (main, package.by_type(main, 'footnotes'), package.by_type(main, 'endnotes')):
        if part:
            word = Word()
            word.walk(package.xml(part), [])
            paragraphs += word.paragraphs + [word.carried]
    return [normal(p) for p in paragraphs if normal(p)], (0, 0)


def string_of(element):
    parts = []
    for child in element:
        if local(child) == 't':
            parts.append(child.text or '')
        elif local(child) == 'r':
            parts += [t.text or '' for t in child if local(t) == 't']
    return ''.join(parts)


def unescape(text):

    return re.sub('_x([0-9A-Fa-f]{4})_', lambda m: chr(int(m.group(1), 16)), text).replace('\0', '')


def may_be_blank(code):
    """Whether a section of a number format shows nothing, or nothing of a zero: 0;-0; or #"""
    return code != '' and any(not re.sub(r'\[[^]]*\]|[#?, ]|""', '', s) for s in code.split(';'))


def blank_styles(package, main):
    """Cell styles whose numbers may not be shown."""
    part = package.by_type(main, 'styles')
    codes, styles, at = {}, set(), 0
    if not part:
        return styles
    for top in package.xml(part):
        for element in top:
            if local(element) == 'numFmt':
                codes[element.get('numFmtId')] = element.get('formatCode') or ''
            elif local(element) == 'xf' and local(top) == 'cellXfs':
                if may_be_blank(codes.get(element.get('numFmtId'), '')):
                    styles.add(str(at))
                at += 1
    return styles


def read_xlsx(package):
    """Texts, and the least and most numbers that are shown."""
    main = package.by_type('', 'officeDocument') or 'xl/workbook.xml'
    ids = {i: target for i, _, target in package.relations(main)}
    shared = []
    part = package.by_type(main, 'sharedStrings')
    if part:
        shared = [string_of(si) for si in package.xml(part) if local(si) == 'si']
    blank = blank_styles(package, main)
    texts, least, most, counted, size = [], 0, 0, 0, 0
    for sheet in package.xml(main).iter():
        target = ids.get(attr(sheet, 'id')) if local(sheet) == 'sheet' else None
        if not target or target.lower() not in package.names:
            continue
        for c in package.xml(target).iter():
            if local(c) != 'c':
                continue
            if len(texts) > counted:
                counted = len(texts)
                size += len(texts[-1])
            if size > package.text_most:
                raise Unsound('its cells show boundless text')
            kind = c.get('t', 'n')
            value = next((v.text or '' for v in c if local(v) == 'v'), '')
            if kind == 's':
                texts.append(unescape(shared[int(value)]) if value.isdigit() and int(value) < len(shared) else '')
            elif kind == 'inlineStr':
                texts += [unescape(string_of(i)) for i in c if local(i) == 'is']
            elif kind == 'b':
                texts.append({'1': 'TRUE', '': ''}.get(value, 'FALSE'))
            elif kind in ('str', 'e', 'd'):
                texts.append(unescape(value))
            elif value.strip():
                most += 1
                least += c.get('s', '0') not in blank
    return [normal(t) for t in texts if normal(t)], (least, most)


def fits(theirs, ours):
    """One character of theirs stands for any: the symbol of a font."""
    return len(theirs) == len(ours) and all(a == b or a == '\ufffc' for a, b in zip(theirs, ours))


def compare(theirs, ours, numbers, numbered):
    """What is in one reading only: after equal texts, those with a number in front."""
    left = collections.Counter(ours)
    missing = []
    for text in theirs:
        if left[text] > 0:
            left[text] -= 1
        else:
            missing.append(text)
    rest = sorted(left.elements(), key=len)
    still = []
    for text in sorted(missing, key=len, reverse=True):
        for i, candidate in enumerate(rest):
            tail = candidate[len(candidate) - len(text):]
            if len(candidate) - len(text) <= 24 and fits(text, tail) and (numbered or len(tail) == len(candidate)):
                del rest[i]
                break
        else:
            still.append(text)
    if numbered:
        rest = [r for r in rest if len(r) > 24]
    elif numbers[0] <= len(rest) <= numbers[1]:
        rest = []
    return still, rest


def check(readers, path):
    try:
        package = Package(path)
        kind = read_xlsx if path.lower().endswith(('.xlsx', '.xlsm')) else read_docx
        theirs, numbers = kind(package)
    except (zipfile.BadZipFile, ET.ParseError, Unsound, KeyError, ValueError, OSError, EOFError,
            NotImplementedError, RuntimeError, zipfile.zlib.error) as e:
        return 'unsound', str(e)
    try:
        run = subprocess.run([readers, '--text', path], capture_output=True, timeout=10)
    except subprocess.TimeoutExpired:
        return 'refused', 'more than 10 seconds'
    if run.returncode != 0:
        return 'refused', run.stderr.decode(errors='replace').strip()
    ours = [normal(line) for line in run.stdout.decode(errors='replace').split('\n')]
    missing, extra = compare(theirs, [o for o in ours if o], numbers, kind is read_docx)
    if missing or extra:
        return 'differs', f'{len(missing)} only there {missing[:2]!r}, {len(extra)} only here {extra[:2]!r}'
    return 'equal', ''


def documents(folder):
    for base, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.lower().endswith(('.docx', '.docm', '.xlsx', '.xlsm')):
                yield os.path.join(base, name)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as scratch:
        folder = sys.argv[2] if len(sys.argv) > 2 else scratch
        if folder == scratch:
            here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
            shared = os.environ.get('SY_SHARED', os.path.join(here, '..', 'shared'))
            archive = os.path.join(shared, 'corpora', 'robust', 'robust.tar.zst')
            lacks = next((x for x in (archive, shutil.which('zstd') or 'zstd') if not os.path.exists(x)), None)
            if lacks:
                print(f'skipped: there is no {lacks}')
                print('0 passed, 0 failed, 1 skipped')
                return 0
            subprocess.run(['tar', '--zstd', '-xf', os.path.abspath(archive), '-C', scratch], check=True)
        counts = collections.Counter()
        for path in documents(folder):
            result, why = check(sys.argv[1], path)
            counts[result] += 1
            if result != 'equal':
                print(f'{result}\t{os.path.relpath(path, folder)}\t{why[:300]}')
        sound = counts['equal'] + counts['differs'] + counts['refused']
        print(f"{counts['equal']} of {sound} sound files have the same text; {counts['unsound']} are not sound")
        good = sound and counts['equal'] >= 0.95 * sound
        print('1 passed, 0 failed' if good else '0 passed, 1 failed')
        return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
