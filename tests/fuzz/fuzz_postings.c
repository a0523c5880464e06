/* A posting list: df (u16), whether it is marked, and its bytes. Walked and sought, with a
 * filter and a subset too; then the docids that came out are written and read as the same. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "store/postings.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD = 4, RECORDS = 1 << 16 };

/* Walks a list by steps of `step` docids and keeps what came. */
static uint32_t walk(const sy_postings_ref *ref, uint32_t step, sy_docid *docs, bool *sound)
{
    sy_postings p;
    uint32_t n = 0;
    sy_docid last, d;
    sy_postings_init(&p, ref);
    (void)sy_postings_max(&p);
    while ((d = step && n ? sy_postings_seek(&p, docs[n - 1] + step) : sy_postings_next(&p)) !=
           SY_DOC_END) {
        assert_true((n == 0 || d >= docs[n - 1] + (step ? step : 1)) && n < ref->df);
        docs[n++] = d;
        (void)sy_postings_mark(&p);
        (void)sy_postings_bound(&p, d, &last);
        assert_true(last >= d);
        if (d > SY_DOC_END - 1000) { /* a step from there is no docid */
            *sound = false;
            return n;
        }
    }
    *sound = sy_postings_status(&p, "list", NULL) == SY_OK;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t longest[RECORDS];
    static sy_docid docs[RECORDS], some[RECORDS];
    if (size < HEAD + 1)
        return 0;
    char *bytes = sy_fuzz_copy(data + HEAD, size - HEAD);
    sy_field_filter filter = {.wanted = 5, .longest = longest, .n_records = RECORDS};
    for (int i = 1; i < 256; i++)
        filter.accept[i] = i % 3 != 0;
    sy_postings_ref ref = {.df = sy_get_u16(data), .marked = data[2] & 1};
    ref.at = (const uint8_t *)bytes;
    ref.end = ref.at + (size - HEAD);
    bool sound, ok;
    if (ref.df < 2)
        ref.df = 2;
    uint32_t n = walk(&ref, 0, docs, &sound);
    assert_true(!sound || n == ref.df);
    (void)walk(&ref, 1u + data[3], some, &ok);
    if (ref.marked && n > 0 && docs[n - 1] < RECORDS) {
        ref.filter = &filter;
        assert_true(walk(&ref, 0, some, &ok) <= n);
        (void)walk(&ref, 1u + data[3], some, &ok);
        ref.filter = NULL;
    }
    if (sound) {
        sy_buf out = SY_BUF_INIT;
        sy_postings_encode(&out, docs, NULL, n, NULL);
        sy_postings_ref again = {.df = n, .at = (const uint8_t *)out.data};
        again.end = again.at + out.len;
        assert_int_equal(walk(&again, 0, some, &ok), n);
        assert_true(ok && memcmp(docs, some, n * sizeof *docs) == 0);
        sy_buf_release(&out);
    }
    free(bytes);
    return 0;
}
