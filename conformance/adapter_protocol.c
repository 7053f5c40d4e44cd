/* adapter_protocol.c -- JSON lines to and from struct call, reply and callback. */
#include "conformance/adapter_protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define QUOTE_MAX 60

static const struct own { const char *command, *fields; } own_commands[] = {
#define COMMAND(command, args, fields, phrase) { command, fields },
#include "conformance/protocol.def"
};
#define OWN_COUNT (sizeof own_commands / sizeof *own_commands)

void adapter_protocol_quote(const char *bytes, size_t length, char *text, size_t size)
{
	size_t used = 0;
	if (size < 16) return;
	text[used++] = '"';
	for (size_t i = 0; i < length && i < QUOTE_MAX && used + 8 < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if (byte >= 0x20 && byte < 0x7f) text[used++] = (char)byte;
		else used += (size_t)snprintf(text + used, size - used, "\\x%02x", byte);
	}
	snprintf(text + used, size - used, length > QUOTE_MAX ? "...\"" : "\"");
}

static bool is_callback_kind(const char *kind)
{
	return kind && (!strcmp(kind, "job_error") || !strcmp(kind, "job_transferred") || !strcmp(kind, "job_modification"));
}

static bool is_optional_text(const json_t *value)
{
	return !value || json_is_null(value) || json_is_string(value);
}

/* Returns what is missing, or NULL. */
static const char *check_callback(const json_t *root)
{
	const json_t *borrowed = json_object_get(root, "borrowed");
	size_t count = json_array_size(borrowed);
	if (strcmp(json_string_value(json_object_get(root, "ev")), "cb")) return "the event cb";
	if (!json_is_integer(json_object_get(root, "cb"))) return "a callback with an integer cb";
	if (!is_callback_kind(json_string_value(json_object_get(root, "kind"))))
		return "a callback with the kind job_error, job_transferred or job_modification";
	if (!json_is_string(json_object_get(root, "job"))) return "a callback with a text job";
	if (!is_optional_text(json_object_get(root, "error"))) return "a callback whose error is a text";
	if (borrowed && !json_is_array(borrowed)) return "a callback whose borrowed is a list of texts";
	for (size_t i = 0; i < count; i++)
		if (!json_is_string(json_array_get(borrowed, i))) return "a callback whose borrowed is a list of texts";
	return NULL;
}

static const char *check_reply(const json_t *root)
{
	int count = 0;
	static const char *const shapes[] = { "r", "unsupported", "broken" };
	if (!json_is_integer(json_object_get(root, "id"))) return "a reply with an integer id, or an event with a text ev";
	for (int i = 0; i < 3; i++) {
		const json_t *value = json_object_get(root, shapes[i]);
		if (value && !json_is_object(value)) return "an object for r, unsupported or broken";
		count += value != NULL;
	}
	return count == 1 ? NULL : "one of r, unsupported and broken in a reply";
}

bool adapter_protocol_parse(const char *line, size_t length, struct adapter_message *message, char *why, size_t why_size)
{
	json_error_t error;
	char found[4 * QUOTE_MAX + 16];
	const char *expected = "a JSON object on one line";
	json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);

	*message = (struct adapter_message){ .root = root };
	if (json_is_object(root)) {
		bool event = json_is_string(json_object_get(root, "ev"));
		message->kind = event ? ADAPTER_MESSAGE_CALLBACK : ADAPTER_MESSAGE_REPLY;
		message->id = json_integer_value(json_object_get(root, event ? "cb" : "id"));
		expected = event ? check_callback(root) : check_reply(root);
		if (!expected) return true;
	}
	adapter_protocol_quote(line, length, found, sizeof found);
	if (root) snprintf(why, why_size, "expected %s, found %s", expected, found);
	else snprintf(why, why_size, "expected %s, found %s (%.100s)", expected, found, error.text);
	json_decref(root);
	message->root = NULL;
	return false;
}

static json_t *print_value(const struct value *value)
{
	switch (value->kind) {
	case VALUE_NULL: return json_null();
	case VALUE_NUMBER: return json_integer((json_int_t)value->number);
	case VALUE_TEXT: return json_string(value->text);
	}
	UNREACHABLE("every kind of value is printed");
	return NULL;
}

/* The object as one line; steals it. */
static char *print_line(json_t *object, bool complete)
{
	char *line = NULL;
	size_t length = complete ? json_dumpb(object, NULL, 0, JSON_COMPACT) : 0;
	if (length) line = malloc(length + 2);
	if (line) {
		json_dumpb(object, line, length, JSON_COMPACT);
		memcpy(line + length, "\n", 2);
	}
	json_decref(object);
	return line;
}

char *adapter_protocol_print(int64_t id, const struct call *call)
{
	json_t *root = json_object(), *args = json_object();
	bool complete = !json_object_set_new(root, "id", json_integer(id));
	complete &= !json_object_set_new(root, "cmd", json_string(call->command));
	for (unsigned i = 0; i < call->args_count; i++)
		complete &= !json_object_set_new(args, call->args[i].key, print_value(&call->args[i].value));
	complete &= !json_object_set_new(root, "a", args);
	return print_line(root, complete);
}

char *adapter_protocol_print_return(int64_t id, uint32_t hresult)
{
	json_t *root = json_object();
	bool complete = !json_object_set_new(root, "cb", json_integer(id));
	complete &= !json_object_set_new(root, "ret", json_integer(hresult));
	return print_line(root, complete);
}

static void break_reply(struct reply *reply, const struct call *call, const char *expected, const char *name)
{
	reply->kind = REPLY_BROKEN;
	reply->fields_count = 0;
	snprintf(reply->why, sizeof reply->why, "expected %s in the reply to %s, found %s%.60s", expected, call->command,
		name ? "another value in " : "none", name ? name : "");
}

static bool read_field(struct named_value *field, const char *key, const json_t *value)
{
	*field = (struct named_value){ .key = key };
	if (json_is_string(value)) {
		field->value.kind = VALUE_TEXT;
		field->value.text = json_string_value(value);
		return json_string_length(value) <= VALUE_TEXT_MAX;
	}
	field->value.kind = json_is_null(value) ? VALUE_NULL : VALUE_NUMBER;
	field->value.number = json_is_boolean(value) ? (uint64_t)json_is_true(value) : (uint64_t)json_integer_value(value);
	return json_is_null(value) || json_is_boolean(value) || json_is_integer(value);
}

static const char *property_of(const struct call *call)
{
	for (unsigned i = 0; i < call->args_count; i++) {
		const struct named_value *arg = &call->args[i];
		if (!strcmp(call->command, "job.get") && !strcmp(arg->key, "property"))
			return arg->value.kind == VALUE_TEXT ? arg->value.text : "";
		if (!strcmp(call->command, "job.set") && machine_method(call->command, arg->key)) return arg->key;
	}
	return "";
}

/* Fields that a successful reply must hold; "" when the command has none. */
static const char *fields_of(const struct call *call)
{
	const struct method *method = machine_method(call->command, property_of(call));
	if (method) return method->fields;
	for (size_t i = 0; i < OWN_COUNT; i++)
		if (!strcmp(own_commands[i].command, call->command)) return own_commands[i].fields;
	return "";
}

static bool passes_null(const struct call *call)
{
	for (unsigned i = 0; i < call->args_count; i++)
		if (!strcmp(call->args[i].key, "out") && call->args[i].value.kind == VALUE_NULL) return true;
	return false;
}

static bool is_optional(const char *word)
{
	return *word == '[';
}

static void check_fields(const json_t *result, const struct call *call, struct reply *reply)
{
	const char *at = fields_of(call);
	while (*at) {
		char word[64], expected[80];
		size_t length = strcspn(at, " ");
		snprintf(word, sizeof word, "%.*s", (int)length, at);
		at += length + strspn(at + length, " ");
		if (is_optional(word) || json_object_get(result, word)) continue;
		snprintf(expected, sizeof expected, "the field %s", word);
		break_reply(reply, call, expected, NULL);
		return;
	}
}

/* hr as unsigned or signed 32 bits. */
static bool read_hr(const json_t *result, uint32_t *hr)
{
	const json_t *value = json_object_get(result, "hr");
	json_int_t number = json_integer_value(value);
	*hr = (uint32_t)number;
	return json_is_integer(value) && number >= INT32_MIN && number <= (json_int_t)UINT32_MAX;
}

static void read_result(const json_t *result, const struct call *call, struct reply *reply)
{
	const char *key;
	json_t *value;
	bool has_hr = json_object_get(result, "hr");

	if (has_hr && !read_hr(result, &reply->hr)) {
		break_reply(reply, call, "an integer of 32 bits", "hr");
		return;
	}
	if (!has_hr && machine_method(call->command, property_of(call))) {
		break_reply(reply, call, "the field hr", NULL);
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)result, key, value) {
		if (!strcmp(key, "hr")) continue;
		if (reply->fields_count == REPLY_FIELDS_MAX) break_reply(reply, call, "at most 24 fields", key);
		else if (!read_field(&reply->fields[reply->fields_count++], key, value))
			break_reply(reply, call, "integers, texts of at most 3000 bytes and null", key);
		if (reply->kind == REPLY_BROKEN) return;
	}
	if (reply->hr < 0x80000000u && !passes_null(call)) check_fields(result, call, reply);
}

static const char *text_or(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : otherwise;
}

void adapter_protocol_reply(const json_t *root, const struct call *call, struct reply *reply)
{
	const json_t *unsupported = json_object_get(root, "unsupported"), *broken = json_object_get(root, "broken");

	*reply = (struct reply){ .kind = REPLY_RESULT };
	if (unsupported) {
		reply->kind = REPLY_UNSUPPORTED;
		snprintf(reply->feature, sizeof reply->feature, "%s", text_or(unsupported, "feature", call->command));
		snprintf(reply->why, sizeof reply->why, "%s", text_or(unsupported, "why", "the implementation lacks it"));
	} else if (broken) {
		reply->kind = REPLY_BROKEN;
		snprintf(reply->why, sizeof reply->why, "the adapter says that it failed at %s: %s", call->command,
			text_or(broken, "why", "without a reason"));
	} else {
		read_result(json_object_get(root, "r"), call, reply);
	}
}

const struct value *adapter_protocol_field(const struct reply *reply, const char *key)
{
	for (unsigned i = 0; i < reply->fields_count; i++)
		if (!strcmp(reply->fields[i].key, key)) return &reply->fields[i].value;
	return NULL;
}

void adapter_protocol_callback(const json_t *root, struct callback *callback)
{
	callback->kind = text_or(root, "kind", "");
	callback->job = text_or(root, "job", "");
	callback->error = text_or(root, "error", "");
}

static bool refuse(char *why, size_t why_size, const char *expected, const char *found)
{
	snprintf(why, why_size, "expected %s in the reply to describe, found %s", expected, found);
	return false;
}

static bool read_dialects(const json_t *list, struct adapter_description *description)
{
	size_t count = json_array_size(list), used = 0;
	if (!count || count > DIALECT_COUNT) return false;
	for (size_t i = 0; i < count; i++) {
		const char *word = json_string_value(json_array_get(list, i));
		if (!word || machine_dialect_find(word, strlen(word)) < 0) return false;
		used += (size_t)snprintf(description->dialects + used, sizeof description->dialects - used, "%s%s", i ? " " : "", word);
	}
	return true;
}

static bool is_list_of_texts(const json_t *list)
{
	size_t count = json_array_size(list);
	if (list && (!json_is_array(list) || count > ADAPTER_LACKS_MAX)) return false;
	for (size_t i = 0; i < count; i++)
		if (!json_is_string(json_array_get(list, i))) return false;
	return true;
}

bool adapter_protocol_describe(const json_t *root, struct adapter_description *description, char *why, size_t why_size)
{
	const json_t *result = json_object_get(root, "r");
	const char *tier = text_or(result, "tier", "none");

	*description = (struct adapter_description){ 0 };
	if (!result) return refuse(why, why_size, "r", "unsupported or broken");
	if (!*text_or(result, "implementation", "")) return refuse(why, why_size, "a name for implementation", "none");
	if (!read_dialects(json_object_get(result, "dialects"), description))
		return refuse(why, why_size, "a list of do, bits for dialects", "another value");
	if (!strcmp(tier, "cooperative") || !strcmp(tier, "preload"))
		return refuse(why, why_size, "the clock tier real, the only one that this version of bgcheck drives", tier);
	if (strcmp(tier, "real")) return refuse(why, why_size, "the clock tier real", tier);
	if (!is_list_of_texts(json_object_get(result, "lacks")) || !is_list_of_texts(json_object_get(result, "features")))
		return refuse(why, why_size, "lists of at most 256 texts for lacks and features", "another value");
	const json_t *reset = json_object_get(result, "reset");
	if (reset && !json_is_boolean(reset)) return refuse(why, why_size, "true or false for reset", "another value");
	description->reset = json_is_true(reset);
	snprintf(description->implementation, sizeof description->implementation, "%s", text_or(result, "implementation", ""));
	snprintf(description->version, sizeof description->version, "%s", text_or(result, "version", ""));
	snprintf(description->tier, sizeof description->tier, "%s", tier);
	return true;
}

bool adapter_protocol_lacks(const json_t *root, const char *word)
{
	const json_t *list = json_object_get(json_object_get(root, "r"), "lacks");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *lack = json_string_value(json_array_get(list, i));
		size_t length = strlen(lack);
		/* "job.set" also lacks job.set.priority. */
		if (!strncmp(word, lack, length) && (!word[length] || word[length] == '.')) return true;
	}
	return false;
}

bool adapter_protocol_knows(const char *word)
{
	char command[64];
	const char *dot = strrchr(word, '.');

	for (size_t i = 0; i < OWN_COUNT; i++)
		if (!strcmp(own_commands[i].command, word)) return true;
	if (machine_method(word, "")) return true;
	if (!dot || (size_t)(dot - word) >= sizeof command) return false;
	snprintf(command, sizeof command, "%.*s", (int)(dot - word), word);
	return machine_method(command, dot + 1);
}
