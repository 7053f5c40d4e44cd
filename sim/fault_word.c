/* fault_word.c -- finds words in the table, and in steps. */
#include "sim/fault_word.h"

#include <stdio.h>
#include <string.h>

enum { AT = FAULT_FORM_AT, FOR = FAULT_FORM_FOR, NAME = FAULT_FORM_NAME };

static const struct fault_word words[] = {
#define WORD(word_, kind_, key_, text_, form_, draw_, causes_, feature_, only_, phrase_) \
	{ word_, STEP_##kind_, key_, text_, form_, draw_, causes_, feature_, only_, phrase_ },
#include "sim/fault_word.def"
};
#define WORDS_COUNT (sizeof words / sizeof *words)

const struct fault_word *fault_words(unsigned *count)
{
	*count = WORDS_COUNT;
	return words;
}

static bool is_at(const struct fault_word *word, enum step_kind kind, const char *key)
{
	return word->kind == kind && !strcmp(word->key, key);
}

const struct fault_word *fault_word_find(enum step_kind kind, const char *key, const char *text, size_t length)
{
	for (size_t i = 0; i < WORDS_COUNT; i++)
		if (is_at(&words[i], kind, key) && strlen(words[i].text) == length && !memcmp(words[i].text, text, length)) return &words[i];
	return NULL;
}

static bool has_text(const struct fault_word *word, const struct scenario_arg *arg)
{
	if (!*word->text) return true;
	if (!strcmp(word->key, "status"))
		return machine_cause_of_status((unsigned)arg->number) == (enum cause)machine_cause_find(word->text, strlen(word->text));
	if (!strcmp(word->text, "+") || !strcmp(word->text, "-")) return (arg->number < 0) == (*word->text == '-');
	if (!strcmp(word->text, "/") || !strcmp(word->text, "$")) return arg->text[0] == *word->text;
	return !strcmp(arg->text, word->text);
}

bool fault_word_is_in(const struct fault_word *word, const struct step *step)
{
	if (step->kind != word->kind) return false;
	if (!*word->key) return step->word && !strcmp(step->word, word->text);
	const struct scenario_arg *arg = step_arg(step, word->key);
	return arg && has_text(word, arg);
}

void fault_word_phrase(enum step_kind kind, const char *key, const char *last, char *text, size_t size)
{
	unsigned left = last != NULL;
	size_t used = 0;

	for (size_t i = 0; i < WORDS_COUNT; i++) left += is_at(&words[i], kind, key);
	for (size_t i = 0; i <= WORDS_COUNT && used < size; i++) {
		bool is_word = i < WORDS_COUNT;
		if (is_word ? !is_at(&words[i], kind, key) : !last) continue;
		const char *at = !is_word ? "" : words[i].form & FAULT_FORM_AT ? "@N" : words[i].form & FAULT_FORM_NAME ? " NAME" : "";
		left--;
		used += (size_t)snprintf(text + used, size - used, "%s%s%s", is_word ? words[i].text : last, at, left > 1 ? ", " : left ? " or " : "");
	}
}
