"""The engines that bench/run.py measures, in the order of the table."""
from engines.grep import GnuGrep, Ripgrep
from engines.groonga import Groonga
from engines.lucene import Lucene
from engines.sphinx import Sphinx
from engines.sqlite import SqliteChars, SqliteTrigram
from engines.suoyin import Suoyin
from engines.xapian import Xapian

ALL = (Suoyin, Lucene, Groonga, SqliteChars, Sphinx, Xapian, SqliteTrigram, Ripgrep, GnuGrep)
