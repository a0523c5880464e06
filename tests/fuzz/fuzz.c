#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "store/file.h"

enum { SECTION_HEAD = 4 };

void sy_fuzz_status(sy_status st, const sy_error *err)
{
    assert_true(st != SY_E_NOMEM && st != SY_E_LOCKED);
    assert_true(st == SY_OK || (err->status == st && err->msg[0] != '\0'));
}

void sy_fuzz_touch(const void *bytes, size_t len)
{
    volatile unsigned char sink = 0; /* so that reads are not left out */
    for (size_t i = 0; i < len; i++)
        sink = ((const unsigned char *)bytes)[i];
    (void)sink;
}

void sy_fuzz_text(sy_slice text)
{
    sy_fuzz_touch(text.data, text.len);
    assert_int_equal(sy_utf8_check(text.data, text.len), text.len);
}

char *sy_fuzz_copy(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

void sy_fuzz_file(const char *path, int kind, uint64_t number, const uint8_t uuid[16],
                  const uint8_t *data, size_t size)
{
    sy_file_writer w;
    size_t n = 0;
    unlink(path); /* nothing is written over */
    check_ok(sy_file_create(path, (sy_file_kind)kind, uuid, number, &w, NULL), NULL);
    while (size >= SECTION_HEAD && n < SY_SECTIONS_MAX - 1) {
        size_t len = (size_t)data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16;
        if (len > size - SECTION_HEAD)
            len = size - SECTION_HEAD;
        sy_file_begin(&w, (sy_section_kind)data[0]);
        sy_file_put(&w, data + SECTION_HEAD, len);
        data += SECTION_HEAD + len;
        size -= SECTION_HEAD + len;
        n++;
    }
    check_ok(sy_file_finish(&w, NULL, NULL, NULL), NULL);
}

void sy_fuzz_sections(const char *path, int kind, sy_buf *out)
{
    sy_file *f;
    check_ok(sy_file_open(path, (sy_file_kind)kind, NULL, &f, NULL), NULL);
    for (size_t i = 0; i < f->n_sections; i++) {
        const sy_section *s = &f->sections[i];
        sy_buf_putc(out, (char)s->kind);
        for (int shift = 0; shift < 24; shift += 8)
            sy_buf_putc(out, (char)(s->len >> shift));
        sy_buf_append(out, s->data, (size_t)s->len);
    }
    sy_file_close(f);
}
