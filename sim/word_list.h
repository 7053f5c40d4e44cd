/* word_list.h -- lists of words in a text, separated by single blanks. */
#ifndef BGCHECK_SIM_WORD_LIST_H
#define BGCHECK_SIM_WORD_LIST_H

#include <stdbool.h>
#include <string.h>

/* Whether the list has the word. */
static inline bool word_listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return true;
	return false;
}

#endif
