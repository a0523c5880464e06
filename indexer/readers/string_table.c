#include "indexer/readers/string_table.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

void sy_string_table_release(sy_string_table *t)
{
    sy_buf_release(&t->bytes);
    sy_free(t->entries);
    sy_free(t->slots);
    *t = (sy_string_table)SY_STRING_TABLE_INIT;
}

void sy_string_table_reset(sy_string_table *t)
{
    /* A table that once held much is not cleared again and again for little. */
    if (t->n_slots > 64 && t->n < t->n_slots / 16) {
        sy_free(t->slots);
        t->slots = NULL;
        t->n_slots = 0;
    } else if (t->slots) {
        memset(t->slots, 0, t->n_slots * sizeof *t->slots);
    }
    sy_buf_reset(&t->bytes);
    t->n = 0;
}

static size_t slot_of(const sy_string_table *t, sy_slice s, uint64_t hash)
{
    size_t mask = t->n_slots - 1, at = (size_t)hash & mask;
    for (; t->slots[at].entry != 0; at = (at + 1) & mask) {
        if (t->slots[at].tag != (uint32_t)(hash >> 32))
            continue;
        const sy_string_entry *e = &t->entries[t->slots[at].entry - 1];
        if (e->hash == hash && e->len == s.len &&
            (s.len == 0 || memcmp(t->bytes.data + e->off, s.data, s.len) == 0))
            break;
    }
    return at;
}

uint32_t *sy_string_table_find(const sy_string_table *t, sy_slice s)
{
    if (t->n == 0)
        return NULL;
    uint32_t entry = t->slots[slot_of(t, s, sy_hash64(s.data, s.len))].entry;
    return entry == 0 ? NULL : &t->entries[entry - 1].value;
}

static bool grow_slots(sy_string_table *t)
{
    size_t n_slots = t->n_slots ? t->n_slots * 2 : 16;
    while (n_slots < t->n * 2)
        n_slots *= 2;
    sy_string_slot *slots = sy_calloc(n_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        uint64_t hash = t->entries[i].hash;
        size_t at = (size_t)hash & (n_slots - 1);
        while (slots[at].entry != 0)
            at = (at + 1) & (n_slots - 1);
        slots[at] = (sy_string_slot){(uint32_t)(hash >> 32), (uint32_t)(i + 1)};
    }
    sy_free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    return true;
}

uint32_t *sy_string_table_at(sy_string_table *t, sy_slice s)
{
    if ((t->n + 1) * 2 > t->n_slots && !grow_slots(t))
        return NULL;
    uint64_t hash = sy_hash64(s.data, s.len);
    size_t at = slot_of(t, s, hash);
    if (t->slots[at].entry != 0)
        return &t->entries[t->slots[at].entry - 1].value;
    if (t->n >= UINT32_MAX - 1 || !sy_grow((void **)&t->entries, t->n, &t->cap, sizeof *t->entries))
        return NULL;
    size_t off = t->bytes.len;
    sy_buf_append(&t->bytes, s.data, s.len);
    if (t->bytes.status != SY_OK)
        return NULL;
    t->entries[t->n] = (sy_string_entry){hash, off, s.len, 0};
    t->slots[at] = (sy_string_slot){(uint32_t)(hash >> 32), (uint32_t)(t->n + 1)};
    return &t->entries[t->n++].value;
}

sy_status sy_key_unique(sy_string_table *seen, sy_buf *key, bool *repeated, sy_error *err)
{
    size_t base = key->len;
    *repeated = false;
    for (;;) {
        uint32_t *times = sy_string_table_at(seen, (sy_slice){key->data, key->len});
        if (!times)
            return sy_fail_nomem(err);
        if ((*times)++ == 0)
            return SY_OK;
        /* The counter of the plain key gives the next number, so that n equal keys
         * cost n steps; a number that a document's own key has taken is passed by. */
        *repeated = true;
        uint32_t *plain = sy_string_table_find(seen, (sy_slice){key->data, base});
        uint32_t n = *plain;
        if (key->len != base)
            n = ++*plain;
        key->len = base;
        sy_buf_printf(key, "#%u", (unsigned)n);
        sy_status st = sy_buf_status(key, err);
        if (st != SY_OK)
            return st;
    }
}
