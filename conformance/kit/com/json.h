/* json.h -- the little JSON that the COM adapter needs: one line in, one line out.
 *
 * Strict: UTF-8, integers only, no key twice, no NUL in a text, nothing behind the value. mingw has no JSON library. */
#ifndef BGCOM_JSON_H
#define BGCOM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_NODES_MAX 256
#define JSON_DEPTH_MAX 8

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	const char *key;          /* name of a member; NULL otherwise */
	const char *text;         /* JSON_TEXT: UTF-8, NUL terminated */
	int64_t number;           /* JSON_NUMBER: -2^63 to 2^64 - 1, the upper half wraps round to negative */
	const struct json *child; /* first element of an array or object; NULL: empty */
	const struct json *next;  /* next element; NULL: last */
};

struct json_tree {
	unsigned count;
	const char *why;          /* what was wrong, after json_parse gave NULL */
	size_t at;                /* and where: offset in the line */
	struct json node[JSON_NODES_MAX];
};

/* Parses the line of `length` bytes, line[length] == 0. Texts are decoded in place: the tree lives as long as the line
 * and changes it. Returns the root, or NULL with tree->why and tree->at. */
const struct json *json_parse(char *line, size_t length, struct json_tree *tree);

/* Member of an object; NULL when it has none, or when object is NULL or something else. */
const struct json *json_find(const struct json *object, const char *key);

/* A text that is being written into memory of the caller. What does not fit sets `full`, and the text stays NUL terminated. */
struct json_out {
	char *text;
	size_t size, length;
	bool full;
};

void json_out_init(struct json_out *out, char *text, size_t size);
/* Appends as is. */
void json_out_raw(struct json_out *out, const char *text);
/* Appends a number, or a text (valid UTF-8) in quotes and escaped; NULL gives null. */
void json_out_number(struct json_out *out, int64_t number);
void json_out_text(struct json_out *out, const char *text);

#endif
