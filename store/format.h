/* store/format.h - the numbers of docs/format.md: magic, version, section kinds. */
#ifndef SY_STORE_FORMAT_H
#define SY_STORE_FORMAT_H

#define SY_FORMAT_VERSION 1u
#define SY_MAGIC_FRONT    "SUOYIN\x1a\n"
#define SY_MAGIC_BACK     "\n\x1aNIYOUS"

enum {
    SY_HEADER_LEN = 48,
    SY_FOOTER_LEN = 48,
    SY_TABLE_ENTRY_LEN = 32,
    SY_SECTIONS_MAX = 64,
    SY_SUM_BLOCK = 4096, /* bytes under one sum: docs/format.md, 3.2 */
    SY_DOC_ENTRY_LEN = 64,
    SY_BIGRAM_ROW_LEN = 20,
    SY_BIGRAM_ROWS_END = 0x110000, /* the character of the last row, which has no entries */
    SY_BIGRAM_ENTRY_LEN = 7,
    SY_BIGRAM_WATCHED = 1 << 23, /* in the second character of an entry */
    SY_SETS_HEAD_LEN = 72,
    SY_FIELD_SETS_MAX = 254,
    SY_RECORDS_PER_BASE = 32, /* and keys */
    SY_TERMS_PER_BLOCK = 16,
    SY_INFO_LEN = 88
};

/* How the list of a gram stands: docs/format.md, 5.4. */
enum { SY_GRAM_SAME = 0, SY_GRAM_SUBSET = 1, SY_GRAM_LIST = 2, SY_GRAM_PLACES = 3 };

typedef enum sy_file_kind { SY_FILE_MANIFEST = 1, SY_FILE_SEGMENT = 2 } sy_file_kind;

typedef enum sy_section_kind {
    SY_SECTION_INFO = 1,
    SY_SECTION_SCHEMA = 2,
    SY_SECTION_ALIASES = 3,
    SY_SECTION_USER_WORDS = 4,
    SY_SECTION_LEXICON = 5,
    SY_SECTION_SEGMENTS = 6,

    SY_SECTION_DOCUMENTS = 16,
    SY_SECTION_DOCUMENT_STRINGS = 17,
    SY_SECTION_RECORD_BASES = 18,
    SY_SECTION_RECORD_STARTS = 19,
    SY_SECTION_RECORDS = 20,
    SY_SECTION_BIGRAM_ROWS = 21,
    SY_SECTION_BIGRAM_ENTRIES = 22,
    SY_SECTION_BIGRAM_LISTS = 23,
    SY_SECTION_TERM_INDEX = 24,
    SY_SECTION_TERM_BLOCKS = 25,
    SY_SECTION_TERM_LISTS = 26,
    SY_SECTION_PHRASES = 27,
    SY_SECTION_RECORD_FACTS = 28,
    SY_SECTION_FIELD_SETS = 29,
    SY_SECTION_BLOCK_SUMS = 30,
    SY_SECTION_KEYS = 31,
    SY_SECTION_KEY_BASES = 32
} sy_section_kind;

#endif
