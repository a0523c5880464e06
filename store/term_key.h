/* store/term_key.h - the keys of the term dictionary.
 *
 *   word      'w' word                                  a token in any field, but for Han words
 *             of several characters, whose bigrams say nearly as much
 *   value     'v' field(2) normal form of the whole value, outer white space and
 *             one final 。 removed; only name and keyword fields
 *   presence  'f' field(2)                               a non-empty value
 *   character 'c' character                              a frequent character in any field
 *   gram      'g' string of 3 or more characters         a frequent string in any field
 *   overlong  'l' field(2)                               a word or whole value of this
 *             field has no key of its own because the key would be too long */
#ifndef SY_STORE_TERM_KEY_H
#define SY_STORE_TERM_KEY_H

#include "base/buf.h"
#include "base/slice.h"
#include "store/schema.h"

#define SY_TERM_WORD     'w'
#define SY_TERM_VALUE    'v'
#define SY_TERM_PRESENCE 'f'
#define SY_TERM_OVERLONG 'l'
#define SY_TERM_CHAR     'c'
#define SY_TERM_GRAM     'g'

enum { SY_TERM_KEY_MAX = 1024 }; /* longer words and values are not in the dictionary */

/* Each empties `key` and writes one. */
void sy_term_key_word(sy_buf *key, sy_slice word);
void sy_term_key_value(sy_buf *key, sy_field_id field, sy_slice value);
void sy_term_key_presence(sy_buf *key, sy_field_id field);
void sy_term_key_overlong(sy_buf *key, sy_field_id field);
void sy_term_key_gram(sy_buf *key, sy_slice gram);
void sy_term_key_char(sy_buf *key, uint32_t cp);
/* Takes a key apart; false if it has no such form. For presence and overlong *text is
 * empty; *field is SY_FIELD_ANY for words, characters and grams. */
bool sy_term_key_parse(sy_slice key, char *space, sy_field_id *field, sy_slice *text);

#endif
