/* code.c -- words for HRESULTs: from the word to the value of a dialect, and back. */
#include <string.h>

#include "model/machine.h"
#include "model/status.h"

#define HTTP_ZONE UINT32_C(0x80190000)
#define HTTP_STATUS_MIN 100u
#define HTTP_STATUS_MAX 599u

struct code_row {
	const char *name;
	size_t length;
	uint32_t value[DIALECT_COUNT];
};
static const struct code_row rows[CODE_COUNT] = {
#define CODE(name, in_do, in_bits, cls, cite) { #name, sizeof #name - 1, { [DIALECT_DO] = in_do, [DIALECT_BITS] = in_bits } },
#include "model/hresult.def"
};

struct alias {
	enum dialect dialect;
	const char *word;
	size_t length;
	enum code code;
};
static const struct alias aliases[] = {
#define ALIAS(in, word, name) { DIALECT_##in, #word, sizeof #word - 1, CODE_##name },
#include "model/hresult.def"
};

/* Names that traces can point to; a buffer would have to be somebody's. */
#define TEN(n) "HTTP_" #n "0", "HTTP_" #n "1", "HTTP_" #n "2", "HTTP_" #n "3", "HTTP_" #n "4", \
	"HTTP_" #n "5", "HTTP_" #n "6", "HTTP_" #n "7", "HTTP_" #n "8", "HTTP_" #n "9"
#define HUNDRED(n) TEN(n##0), TEN(n##1), TEN(n##2), TEN(n##3), TEN(n##4), TEN(n##5), TEN(n##6), TEN(n##7), \
	TEN(n##8), TEN(n##9)
static const char http_names[HTTP_STATUS_MAX - HTTP_STATUS_MIN + 1][sizeof "HTTP_404"] = {
	HUNDRED(1), HUNDRED(2), HUNDRED(3), HUNDRED(4), HUNDRED(5)
};

static bool is_success(uint32_t hresult)
{
	return (hresult & UINT32_C(0x80000000)) == 0;
}

static bool exists_in(enum dialect dialect, enum code code)
{
	return rows[code].value[dialect] != 0 || code == CODE_S_OK;
}

static bool skip(const char **word, size_t *length, const char *prefix)
{
	size_t n = strlen(prefix);

	if (*length <= n || memcmp(*word, prefix, n) != 0) return false;
	*word += n;
	*length -= n;
	return true;
}

static bool find_name(enum dialect dialect, const char *word, size_t length, uint32_t *hresult)
{
	for (int code = CODE_NOTHING + 1; code < CODE_COUNT; code++) {
		if (rows[code].length != length || *rows[code].name != *word || memcmp(word, rows[code].name, length) != 0) continue;
		*hresult = rows[code].value[dialect];
		return exists_in(dialect, (enum code)code);
	}
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
		if (aliases[i].dialect != dialect || aliases[i].length != length || memcmp(word, aliases[i].word, length) != 0) continue;
		*hresult = rows[aliases[i].code].value[dialect];
		return true;
	}
	return false;
}

/* nnn of HTTP_nnn. */
static bool parse_status(const char *word, size_t length, uint32_t *hresult)
{
	unsigned status = 0;

	if (length != 3) return false;
	for (size_t i = 0; i < length; i++) {
		if (word[i] < '0' || word[i] > '9') return false;
		status = status * 10 + (unsigned)(word[i] - '0');
	}
	if (status < HTTP_STATUS_MIN || status > HTTP_STATUS_MAX) return false;
	*hresult = HTTP_ZONE + status;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

static bool parse_hex(const char *word, size_t length, uint32_t *hresult)
{
	uint32_t value = 0;

	if (length > 8) return false;
	for (size_t i = 0; i < length; i++) {
		if (hex_digit(word[i]) < 0) return false;
		value = value << 4 | (uint32_t)hex_digit(word[i]);
	}
	*hresult = value;
	return true;
}

/* Names as the headers have them: the prefix tells the dialect, and whether the code is one of success. */
static bool find_full_name(enum dialect dialect, const char *word, size_t length, uint32_t *hresult)
{
	if (dialect == DIALECT_DO) return skip(&word, &length, "DO_E_") && find_name(dialect, word, length, hresult) &&
		*hresult >> 16 == 0x80D0;
	if (skip(&word, &length, "BG_E_HTTP_ERROR_")) return parse_status(word, length, hresult);
	if (skip(&word, &length, "BG_S_")) return find_name(dialect, word, length, hresult) && is_success(*hresult) &&
		*hresult >> 16 == 0x0020;
	return skip(&word, &length, "BG_E_") && find_name(dialect, word, length, hresult) && *hresult >> 16 == 0x8020;
}

bool machine_code(enum dialect dialect, const char *word, size_t length, uint32_t *hresult)
{
	const char *rest = word;
	size_t rest_length = length;

	assert((unsigned)dialect < DIALECT_COUNT && word && hresult);
	if (length == 4 && !memcmp(word, "S_OK", 4)) {   /* what most calls answer */
		*hresult = 0;
		return true;
	}
	if (skip(&rest, &rest_length, "0x")) return parse_hex(rest, rest_length, hresult);
	if (skip(&rest, &rest_length, "HTTP_") && parse_status(rest, rest_length, hresult)) return true;
	return find_name(dialect, word, length, hresult) || find_full_name(dialect, word, length, hresult);
}

uint32_t machine_code_value(enum dialect dialect, enum code code, bool *exists)
{
	assert((unsigned)dialect < DIALECT_COUNT && (unsigned)code < CODE_COUNT);
	if (exists) *exists = exists_in(dialect, code);
	return rows[code].value[dialect];
}

const char *machine_code_name(enum dialect dialect, uint32_t hresult)
{
	assert((unsigned)dialect < DIALECT_COUNT);
	for (int code = CODE_NOTHING + 1; code < CODE_COUNT; code++)
		if (rows[code].value[dialect] == hresult && exists_in(dialect, (enum code)code)) return rows[code].name;
	if (hresult < HTTP_ZONE + HTTP_STATUS_MIN || hresult > HTTP_ZONE + HTTP_STATUS_MAX) return NULL;
	return http_names[hresult - HTTP_ZONE - HTTP_STATUS_MIN];
}
