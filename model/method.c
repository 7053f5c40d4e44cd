/* method.c -- methods of the interfaces and words of their values, from method.def. */
#include <string.h>

#include "model/machine.h"
#include "model/status.h"

/* Lengths beside the words: most rows are passed over by a comparison of numbers. */
static const struct { uint8_t command, property; } lengths[] = {
#define METHOD(command, property, interface_, name, slot, in_do, in_bits, changes, args, fields, cite) { sizeof command - 1, sizeof property - 1 },
#include "model/method.def"
};

static const struct method methods[] = {
#define METHOD(command, property, interface_, name, slot, in_do, in_bits, changes, args, fields, cite) \
	{ command, property, interface_, name, slot, { [DIALECT_DO] = in_do, [DIALECT_BITS] = in_bits }, changes, args, \
		fields, cite },
#include "model/method.def"
};

struct word {
	const char *property, *word;
	int64_t value;
};
static const struct word words[] = {
#define WORD(property, word, value) { property, word, value },
#include "model/method.def"
};
#define WORDS_COUNT (sizeof words / sizeof *words)

const struct method *machine_methods(unsigned *count)
{
	assert(count);
	*count = (unsigned)(sizeof methods / sizeof *methods);
	return methods;
}

const struct method *machine_method(const char *command, const char *property)
{
	size_t length, property_length;

	assert(command && property);
	length = strlen(command);
	property_length = strlen(property);
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (lengths[i].command != length || (property_length && lengths[i].property != property_length)) continue;
		if (memcmp(methods[i].command, command, length) != 0) continue;
		if (property_length == 0 || memcmp(methods[i].property, property, property_length) == 0) return &methods[i];
	}
	return NULL;
}

static bool word_value(const char *property, const char *word, size_t length, int64_t *value)
{
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		if (strcmp(words[i].property, property) != 0 || strlen(words[i].word) != length) continue;
		if (memcmp(words[i].word, word, length) != 0) continue;
		*value = words[i].value;
		return true;
	}
	return false;
}

bool machine_word_value(const char *property, const char *word, size_t length, int64_t *value)
{
	bool is_set = strcmp(property, "notify_flags") == 0;
	int64_t all = 0, one;

	assert(word && value);
	for (;;) {
		const char *bar = is_set ? memchr(word, '|', length) : NULL;
		size_t part = bar ? (size_t)(bar - word) : length;

		if (!word_value(property, word, part, &one)) return false;
		all |= one;
		if (!bar) break;
		word += part + 1;
		length -= part + 1;
	}
	*value = all;
	return true;
}

const char *machine_word(const char *property, int64_t value)
{
	assert(property);
	for (size_t i = 0; i < WORDS_COUNT; i++)
		if (strcmp(words[i].property, property) == 0 && words[i].value == value) return words[i].word;
	return NULL;
}
