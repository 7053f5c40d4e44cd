/* rules.c -- the rows of rule.def as data, and which fold belongs to which. */
#include "conformance/rule_fold.h"

#include <string.h>

static const struct rule RULES[] = {
#define RULE(ident, id, level, in_do, in_bits, area, kind, fold, trigger, sentence, do_pages, bits_pages, why) \
	{ id, LEVEL_##level, { [DIALECT_DO] = in_do, [DIALECT_BITS] = in_bits }, area, trigger, sentence, \
		{ [DIALECT_DO] = do_pages, [DIALECT_BITS] = bits_pages }, RULE_KIND_##kind, why },
#include "conformance/rule.def"
};

void rule_none(struct judge *judge, unsigned rule, const struct sight *sight)
{
	(void)judge;
	(void)rule;
	(void)sight;
}

rule_fold *const rules_folds[] = {
#define RULE(ident, id, level, in_do, in_bits, area, kind, fold, trigger, sentence, do_pages, bits_pages, why) rule_##fold,
#include "conformance/rule.def"
};

#define CALL (1u << SIGHT_CALL)
#define STATE (1u << SIGHT_STATE)
#define LOOK (1u << SIGHT_LOOK)
#define CALLBACK (1u << SIGHT_CALLBACK)
#define REQUEST (1u << SIGHT_REQUEST)
#define RESPONSE (1u << SIGHT_RESPONSE)
#define CONNECT (1u << SIGHT_CONNECT)
#define ASTRAY (1u << SIGHT_ASTRAY)
#define WORLD (1u << SIGHT_WORLD)
#define CHECK (1u << SIGHT_CHECK)
#define END (1u << SIGHT_END)
enum sees {
	SEES_none,
#define FOLD(fold, kinds) SEES_##fold = (kinds),
#include "conformance/rule_sight.def"
};

static const unsigned SEES[] = {
#define RULE(ident, id, level, in_do, in_bits, area, kind, fold, trigger, sentence, do_pages, bits_pages, why) SEES_##fold,
#include "conformance/rule.def"
};

const struct rule *rules_all(unsigned *count)
{
	*count = sizeof RULES / sizeof RULES[0];
	return RULES;
}

int rules_find(const char *id, size_t length)
{
	for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
		if (strlen(RULES[i].id) == length && !memcmp(RULES[i].id, id, length)) return (int)i;
	return -1;
}

unsigned rules_sees(unsigned rule)
{
	assert(rule < sizeof SEES / sizeof SEES[0]);
	return SEES[rule];
}
