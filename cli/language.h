/* cli/language.h - which language the program speaks to people: Chinese where the locale
 * is Chinese, else English. */
#ifndef SY_CLI_LANGUAGE_H
#define SY_CLI_LANGUAGE_H

/* Call once, first. Costs nothing until there is a message: only then is the locale looked
 * at, and the catalogue opened if it is wanted. */
void sy_language_start(void);
/* English from now on: for messages that go into JSON, which is the same in every locale. */
void sy_language_plain(void);

#endif
