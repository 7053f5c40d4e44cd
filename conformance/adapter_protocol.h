/* adapter_protocol.h -- the adapter protocol as values: JSON lines to and from struct call, reply and callback.
 *
 * No I/O. The commands are those of protocol.def and of model/method.def. 64-bit values go as signed integers, so that
 * a value of all ones (BG_SIZE_UNKNOWN) is -1. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_PROTOCOL_H
#define BGCHECK_CONFORMANCE_ADAPTER_PROTOCOL_H

#include "conformance/adapter.h"

#include <jansson.h>

#define ADAPTER_PROTOCOL_VERSION 1
#define ADAPTER_LACKS_MAX 256

enum adapter_message_kind { ADAPTER_MESSAGE_REPLY, ADAPTER_MESSAGE_CALLBACK };

/* A line of the adapter. `root` owns everything; json_decref it. */
struct adapter_message {
	enum adapter_message_kind kind;
	int64_t id;     /* of the command that is answered, or of the callback */
	json_t *root;
};

/* What is not text from the adapter is safe to print: the first 60 bytes, in quotes, others as \xNN. */
void adapter_protocol_quote(const char *bytes, size_t length, char *text, size_t size);

/* Parses a line without its LF. False: `why` says what was expected and found; nothing is owned. */
bool adapter_protocol_parse(const char *line, size_t length, struct adapter_message *message, char *why, size_t why_size);

/* The line for a command, and for the answer to a callback, with LF. free() it. NULL: a text is no UTF-8. */
char *adapter_protocol_print(int64_t id, const struct call *call);
char *adapter_protocol_print_return(int64_t id, uint32_t hresult);

/* The reply in a message. Texts are borrowed from root. A reply of bad shape is REPLY_BROKEN. A successful reply to a command
 * of the API must hold an hr and all fields of the command. */
void adapter_protocol_reply(const json_t *root, const struct call *call, struct reply *reply);

/* A field of the reply, or NULL. */
const struct value *adapter_protocol_field(const struct reply *reply, const char *key);

/* The callback in a message; texts are borrowed from root. Parsed messages always hold one. */
void adapter_protocol_callback(const json_t *root, struct callback *callback);

/* The answer to describe. False: `why`. */
bool adapter_protocol_describe(const json_t *root, struct adapter_description *description, char *why, size_t why_size);

/* Whether the answer to describe names the word in "lacks". */
bool adapter_protocol_lacks(const json_t *root, const char *word);

/* Whether the word is a command, or one with a property: job.resume, job.set.priority, handle.probe. */
bool adapter_protocol_knows(const char *word);

#endif
