/* trace_part.h -- what writing and reading a line of a trace share; nobody but trace.c and trace_parse.c includes it. */
#ifndef BGCHECK_MODEL_TRACE_PART_H
#define BGCHECK_MODEL_TRACE_PART_H

#include "model/trace.h"

#include <stddef.h>

#define NS_PER_S UINT64_C(1000000000)
#define CUT "..."

/* What a byte is, as bits: of all bytes. */
enum { BYTE_WORD = 1, BYTE_KEY = 2, BYTE_CONTROL = 4, BYTE_ESCAPED = 8 };
extern const uint8_t trace_bytes[256];

/* What must not stand bare in a line: blanks, control characters and quotes. */
static inline bool is_word_byte(char c)
{
	return (trace_bytes[(unsigned char)c] & BYTE_WORD) != 0;
}

/* A tab is harmless inside quotes; others would disturb a terminal, and stand in no trace. */
static inline bool is_control(char c)
{
	return (trace_bytes[(unsigned char)c] & BYTE_CONTROL) != 0;
}

static inline bool is_key_byte(char c)
{
	return (trace_bytes[(unsigned char)c] & BYTE_KEY) != 0;
}

/* An escape takes two bytes of the printed line, and counts so. */
static inline bool is_escaped(char c)
{
	return (trace_bytes[(unsigned char)c] & BYTE_ESCAPED) != 0;
}

/* Bytes of TRACE_TEXT_MAX in use, as they will be printed. */
static inline size_t trace_text_used(const struct trace_line *line)
{
	return (size_t)line->text_length + line->escaped;
}

/* How many bytes of value[length] fit into `left` printed bytes. */
size_t trace_fitting(const char *value, size_t length, size_t left);

/* Appends a field whose value was seen to fit. */
void trace_append(struct trace_line *line, const char *key, const char *value, size_t length, const char *tail);

/* Digits of text[length], all of them. False for none, for others, and above `max`. */
bool trace_read_number(const char *text, size_t length, unsigned base, uint64_t max, uint64_t *number);

#endif
