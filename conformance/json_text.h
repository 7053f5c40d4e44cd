/* json_text.h -- texts in and out of JSON objects. */
#ifndef BGCHECK_CONFORMANCE_JSON_TEXT_H
#define BGCHECK_CONFORMANCE_JSON_TEXT_H

#include <jansson.h>

/* The text of a key; "" when there is none. Owned by the object. */
static inline const char *json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* Sets a key; NULL becomes "". What is not UTF-8 cannot stand in JSON, and is said so. */
static inline void json_put_text(json_t *object, const char *key, const char *text)
{
	json_t *value = json_string(text ? text : "");
	json_object_set_new(object, key, value ? value : json_string("(not UTF-8)"));
}

#endif
