#include "library/error.h"

#include <stdio.h>

_Static_assert((int)SUOYIN_NO_MEMORY == (int)SY_E_NOMEM && (int)SUOYIN_IO == (int)SY_E_IO &&
                   (int)SUOYIN_DAMAGED == (int)SY_E_CORRUPT &&
                   (int)SUOYIN_VERSION == (int)SY_E_VERSION &&
                   (int)SUOYIN_INPUT == (int)SY_E_INPUT && (int)SUOYIN_LIMIT == (int)SY_E_LIMIT &&
                   (int)SUOYIN_LOCKED == (int)SY_E_LOCKED,
               "statuses have the same numbers inside and outside");

suoyin_status sy_public_error(const sy_error *own, sy_status st, suoyin_error *err)
{
    if (st != SY_OK && err) {
        *err = (suoyin_error){.status = (suoyin_status)st, .sys = own->sys};
        snprintf(err->where, sizeof err->where, "%s", own->where);
        snprintf(err->message, sizeof err->message, "%s", own->msg);
    }
    return (suoyin_status)st;
}
