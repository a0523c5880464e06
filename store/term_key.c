#include "store/term_key.h"

static void put_field(sy_buf *key, sy_field_id field)
{
    sy_buf_putc(key, (char)(field >> 8));
    sy_buf_putc(key, (char)(field & 0xFF));
}

static sy_field_id get_field(const char *at)
{
    return (sy_field_id)((unsigned char)at[0] << 8 | (unsigned char)at[1]);
}

void sy_term_key_word(sy_buf *key, sy_slice word)
{
    sy_buf_reset(key);
    sy_buf_putc(key, SY_TERM_WORD);
    sy_buf_append(key, word.data, word.len);
}

static void key_of_field(sy_buf *key, char space, sy_field_id field)
{
    sy_buf_reset(key);
    sy_buf_putc(key, space);
    put_field(key, field);
}

void sy_term_key_value(sy_buf *key, sy_field_id field, sy_slice value)
{
    key_of_field(key, SY_TERM_VALUE, field);
    sy_buf_append(key, value.data, value.len);
}

void sy_term_key_presence(sy_buf *key, sy_field_id field)
{
    key_of_field(key, SY_TERM_PRESENCE, field);
}

void sy_term_key_overlong(sy_buf *key, sy_field_id field)
{
    key_of_field(key, SY_TERM_OVERLONG, field);
}

void sy_term_key_gram(sy_buf *key, sy_slice gram)
{
    sy_buf_reset(key);
    sy_buf_putc(key, SY_TERM_GRAM);
    sy_buf_append(key, gram.data, gram.len);
}

void sy_term_key_char(sy_buf *key, uint32_t cp)
{
    sy_buf_reset(key);
    sy_buf_putc(key, SY_TERM_CHAR);
    sy_buf_put_cp(key, cp);
}

bool sy_term_key_parse(sy_slice key, char *space, sy_field_id *field, sy_slice *text)
{
    *text = (sy_slice){NULL, 0};
    if (key.len < 2 || key.len > SY_TERM_KEY_MAX)
        return false;
    *space = key.data[0];
    bool of_field =
        *space == SY_TERM_VALUE || *space == SY_TERM_PRESENCE || *space == SY_TERM_OVERLONG;
    if (of_field && key.len < 3)
        return false;
    switch (*space) {
    case SY_TERM_WORD:
    case SY_TERM_CHAR:
    case SY_TERM_GRAM:
        *field = SY_FIELD_ANY;
        *text = (sy_slice){key.data + 1, key.len - 1};
        return true;
    case SY_TERM_VALUE:
        *field = get_field(key.data + 1);
        *text = (sy_slice){key.data + 3, key.len - 3};
        return true;
    case SY_TERM_PRESENCE:
    case SY_TERM_OVERLONG:
        *field = get_field(key.data + 1);
        return key.len == 3;
    default:
        return false;
    }
}
