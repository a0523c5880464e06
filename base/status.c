#include "base/status.h"

#include <stdio.h>
#include <string.h>

#include "base/messages.h"

void sy_error_clear(sy_error *err)
{
    if (err) {
        /* The texts are not wiped: this runs once a hit. */
        err->status = SY_OK;
        err->sys = 0;
        err->offset = SY_NO_OFFSET;
        err->where[0] = err->msg[0] = '\0';
    }
}

/* Cuts a half-written UTF-8 sequence from the end of a full buffer. */
static void trim_utf8(char *s, size_t cap)
{
    size_t n = strlen(s);
    if (n + 1 < cap)
        return;
    size_t back = 0;
    while (back < 4 && back < n && ((unsigned char)s[n - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back >= n)
        return;
    unsigned char lead = (unsigned char)s[n - 1 - back];
    size_t need = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (back + 1 != need)
        s[n - 1 - back] = '\0';
}

static void record(sy_error *err, sy_status status, const char *where, uint64_t offset, int sys,
                   const char *fmt, va_list ap)
{
    if (!err || err->status != SY_OK)
        return;
    err->status = status;
    err->sys = sys;
    err->offset = offset;
    snprintf(err->where, sizeof err->where, "%s", where ? where : "");
    trim_utf8(err->where, sizeof err->where);
    vsnprintf(err->msg, sizeof err->msg, sy_tr(fmt), ap);
    trim_utf8(err->msg, sizeof err->msg);
    if (sys != 0) {
        size_t n = strlen(err->msg);
        snprintf(err->msg + n, sizeof err->msg - n, ": %s", sy_strerror(sys));
    }
}

sy_status sy_fail(sy_error *err, sy_status status, const char *where, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    record(err, status, where, SY_NO_OFFSET, 0, fmt, ap);
    va_end(ap);
    return status;
}

sy_status sy_fail_at(sy_error *err, sy_status status, const char *where, uint64_t offset,
                     const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    record(err, status, where, offset, 0, fmt, ap);
    va_end(ap);
    return status;
}

sy_status sy_fail_sys(sy_error *err, const char *where, int sys, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    record(err, SY_E_IO, where, SY_NO_OFFSET, sys, fmt, ap);
    va_end(ap);
    return SY_E_IO;
}

sy_status sy_fail_nomem(sy_error *err)
{
    return sy_fail(err, SY_E_NOMEM, NULL, "out of memory");
}
