#include "indexer/reader.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return sy_fuzz_reader(&sy_docx_reader, true, data, size);
}
