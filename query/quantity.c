#include "query/quantity.h"

#include "base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool number(sy_slice text, size_t at, double *out)
{
    double value = 0, place = 1;
    bool negative = at > 0 && text.data[at - 1] == '-' && (at == 1 || text.data[at - 2] == ' ');
    bool fraction = false;
    for (; at < text.len; at++) {
        char c = text.data[at];
        bool before_digit = at + 1 < text.len && is_digit(text.data[at + 1]);
        if (c == '.' && !fraction && before_digit)
            fraction = true;
        else if (is_digit(c) && fraction)
            value += (c - '0') * (place /= 10);
        else if (is_digit(c))
            value = value * 10 + (c - '0');
        else if (c != ',' || fraction || !before_digit)
            break;
    }
    *out = negative ? -value : value;
    return true;
}

static bool date(sy_slice text, size_t at, bool upper, double *out)
{
    double parts[3] = {0, upper ? 99 : 0, upper ? 99 : 0};
    for (int k = 0; k < 3; k++) {
        double value = 0;
        for (; at < text.len && is_digit(text.data[at]); at++)
            value = value * 10 + (text.data[at] - '0');
        parts[k] = value;
        if (at == text.len)
            break;
        uint32_t cp;
        at += sy_utf8_decode(text.data + at, text.len - at, &cp);
        bool joint = cp == '-' || cp == '/' || cp == '.' || cp == 0x5E74 || cp == 0x6708; /* 年月 */
        if (!joint || at == text.len || !is_digit(text.data[at]))
            break;
    }
    *out = parts[0] * 10000 + parts[1] * 100 + parts[2];
    return true;
}

bool sy_quantity(sy_slice text, bool dates, bool upper, double *out)
{
    size_t at = 0;
    while (at < text.len && !is_digit(text.data[at]))
        at++;
    *out = 0;
    if (at == text.len)
        return false;
    return dates ? date(text, at, upper, out) : number(text, at, out);
}
