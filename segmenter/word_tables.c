#include "segmenter/word_tables.h"

#include "word_tables.inc"
