/* fault.c -- causes: by word, by HTTP status, and what a dialect reports for each. */
#include "model/fault.h"

#include <string.h>

#include "model/status.h"

#define HTTP_ZONE UINT32_C(0x80190000)
#define WIN32_ZONE UINT32_C(0x80070000)

/* HRESULTs as constant expressions: an enumerator is an int, the cast back gives the bits. */
enum {
#define CODE(name, in_do, in_bits, cls, cite) DO_VALUE_##name = (int)in_do, BITS_VALUE_##name = (int)in_bits,
#include "model/hresult.def"
};

enum { MARK_d = 'd', MARK_i = 'i' };

const struct fault fault_table[CAUSE_COUNT] = {
#define FAULT(name_, word_, phrase_, do_class, do_code, do_context, do_file, do_mark, \
	bits_class, bits_code, bits_context, bits_file, bits_mark, flags_, cite_) \
	{ .name = #name_, .word = word_, .phrase = phrase_, .flags = flags_, .cite = cite_, .report = { \
		[DIALECT_DO] = { FAULT_CLASS_##do_class, (uint32_t)DO_VALUE_##do_code, CONTEXT_##do_context, \
			do_file, MARK_##do_mark }, \
		[DIALECT_BITS] = { FAULT_CLASS_##bits_class, (uint32_t)BITS_VALUE_##bits_code, \
			CONTEXT_##bits_context, bits_file, MARK_##bits_mark } } },
#include "model/fault.def"
};

/* The groups of faults.md. */
enum cause machine_cause_of_status(unsigned status)
{
	switch (status) {
	case 400: case 401: case 404: case 414: case 501: case 505: return CAUSE_HTTP_BAD;
	case 403: return CAUSE_HTTP_403;
	case 407: return CAUSE_PROXY_407;
	case 408: case 429: return CAUSE_HTTP_RETRY_4XX;
	case 416: return CAUSE_HTTP_416;
	case 500: case 502: return CAUSE_HTTP_500_502;
	case 503: case 504: return CAUSE_HTTP_503_504;
	default: break;
	}
	if (status >= 200 && status < 300) return CAUSE_NONE;
	if (status >= 400 && status < 500) return CAUSE_HTTP_OTHER_4XX;
	if (status >= 500 && status < 600) return CAUSE_HTTP_OTHER_5XX;
	return CAUSE_HTTP_UNEXPECTED;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* http.404 has no row of its own: its group has. */
static int find_status(const char *word, size_t length)
{
	const char *digits = word + 5;

	if (length != 8 || memcmp(word, "http.", 5) != 0) return CAUSE_NONE;
	if (!is_digit(digits[0]) || !is_digit(digits[1]) || !is_digit(digits[2])) return CAUSE_NONE;
	if (digits[0] < '1' || digits[0] > '5') return CAUSE_NONE;
	return machine_cause_of_status(
		(unsigned)((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0')));
}

int machine_cause_find(const char *word, size_t length)
{
	assert(word || length == 0);
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		if (strlen(fault_table[cause].word) == length && memcmp(fault_table[cause].word, word, length) == 0)
			return cause;
	return find_status(word, length);
}

/* C-68 */
static uint32_t zone_of(const struct machine *machine, enum cause cause)
{
	return cause == CAUSE_HTTP_REDIRECT_REFUSED && machine_varies(machine, VARIANT_redirect_code_of_win32) ? WIN32_ZONE : HTTP_ZONE;
}

struct fault_report machine_report(const struct machine *machine, enum cause cause, unsigned http_status)
{
	struct fault_report report;

	assert(machine && (unsigned)cause < CAUSE_COUNT);
	report = machine->faults[cause].report[machine->dialect];
	if (machine->faults[cause].flags & FAULT_STATUS && report.fault_class != FAULT_CLASS_NONE && report.code == 0)
		report.code = zone_of(machine, cause) + (http_status & 0xFFFFu);
	return report;
}
