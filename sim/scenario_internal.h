/* scenario_internal.h -- what the parts of the scenario parser share; nobody else includes it.
 *
 * The functions that may fail return false when the line has failed: the error is then recorded already, or
 * parser->no_memory is set. The caller only returns. */
#ifndef BGCHECK_SIM_SCENARIO_INTERNAL_H
#define BGCHECK_SIM_SCENARIO_INTERNAL_H

#include "sim/origin.h"
#include "sim/scenario.h"

#define SCENARIO_HEADER_KEYS 8
#define SCENARIO_BINDS_MAX 32

/* A piece of the line that is read. */
enum token { TOKEN_END, TOKEN_PLAIN, TOKEN_QUOTED, TOKEN_MARK };
struct word {
	enum token token;
	const char *text;  /* in the line, or in the arena when a quoted text has escapes; no NUL behind it */
	size_t length;
	unsigned col;      /* from 1 */
};

enum handle_kind { HANDLE_JOB, HANDLE_ERROR, HANDLE_FILE, HANDLE_JOBS, HANDLE_FILES, HANDLE_ANY };
struct handle {
	const char *name;
	enum handle_kind kind;  /* HANDLE_ANY: a line that failed made it; fits everywhere, so that one error stays one */
	unsigned references;    /* 0: released */
	unsigned line;          /* where it was made, or released */
};

struct parser {
	struct arena *arena;
	const char *file;
	struct scenario *scenario;
	struct scenario_failures *failures;
	bool no_memory;
	bool limit;                  /* a failure was that of a named maximum */

	const char *text, *text_end; /* the file */
	unsigned line;               /* the line that is read, from 1 */
	const char *line_start;
	const char *at, *end;        /* what is left of it, without comment and blanks at its end */

	bool header_seen[SCENARIO_HEADER_KEYS];
	bool unsure;                 /* a line could not be read: what seems missing may stand in it */
	bool cr_seen;                /* reported once, not for each line */
	unsigned steps_max;          /* places in scenario->steps: SCENARIO_STEPS_MAX, or as many as there are lines */
	bool steps_full;             /* told once that there are too many */
	unsigned end_line;           /* line of the `end` step; 0: none yet */
	unsigned handles_count;
	struct handle handles[SCENARIO_HANDLES_MAX];
	unsigned binds_count;
	const char *binds[SCENARIO_BINDS_MAX];  /* ?name */
	unsigned hosts_count;
	const char *hosts[ORIGIN_HOSTS_MAX];
	bool hosts_unsure;           /* a host line failed: unknown hosts are no error any more */
	unsigned serves_count;
	const char *paths[ORIGIN_SERVES_MAX];
	bool paths_unsure;           /* a serve line failed */
};

/* scenario_fail.c: errors. All return false. */
bool scenario_fail(struct parser *parser, unsigned col, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* `expected FORMAT, found WORD`, at the word. */
bool scenario_fail_found(struct parser *parser, const struct word *found, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for a named maximum: the parser answers STATUS_LIMIT. */
bool scenario_fail_limit(struct parser *parser, const struct word *found, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* `expected BEFORE and the words of the kind and key`, as fault_word_phrase() tells them. */
bool scenario_fail_words(struct parser *parser, const struct word *found, const char *before, enum step_kind kind, const char *key, const char *last);
/* Memory of the arena; NULL sets no_memory. */
void *scenario_fail_take(struct parser *parser, size_t size);
const char *scenario_fail_text(struct parser *parser, const char *text, size_t length);

/* scenario_word.c: the lexer. */
/* The next word up to a blank. TOKEN_END at the line's end is no error. */
bool scenario_word_next(struct parser *parser, struct word *word);
/* The next word as key=value; key is TOKEN_END for a word without `=`. */
bool scenario_word_pair(struct parser *parser, struct word *key, struct word *value);
/* The next token of wants and predicates: { } [ ] , = != ~ are marks and need no blanks. */
bool scenario_word_token(struct parser *parser, struct word *word);
/* The same, without reading on. */
bool scenario_word_peek(struct parser *parser, struct word *word);
/* Reads the mark, or fails. */
bool scenario_word_mark(struct parser *parser, const char *mark);
/* Fails unless the line is used up. */
bool scenario_word_last(struct parser *parser);
/* Whether the rest of the line starts with `->`; reads it. */
bool scenario_word_arrow(struct parser *parser);
/* What follows next, for `found`; never fails. */
struct word scenario_word_rest(struct parser *parser);
bool scenario_word_is(const struct word *word, const char *text);
/* word[from, to) as a word of its own. */
struct word scenario_word_part(const struct word *word, size_t from, size_t to);
/* Splits HEAD(KEY=INNER); inner is TOKEN_END when there are no parentheses. */
bool scenario_word_split(struct parser *parser, const struct word *word, const char *key, struct word *head,
	struct word *inner);

/* scenario_value.c: words that mean numbers, durations, sizes, names and texts. */
bool scenario_value_number(struct parser *parser, const struct word *word, int64_t low, int64_t high, int64_t *value);
/* A number with k, m or g behind it; `what` is for the error. A size is one. */
bool scenario_value_scaled(struct parser *parser, const struct word *word, const char *what, int64_t *value);
bool scenario_value_size(struct parser *parser, const struct word *word, int64_t *bytes);
bool scenario_value_duration(struct parser *parser, const struct word *word, int64_t *ns);
/* A text: its variables must be known. */
bool scenario_value_text(struct parser *parser, const struct word *word);
/* A name of letters, digits, `_`, and of the characters in `more`; `what` is for the error. */
bool scenario_value_name(struct parser *parser, const struct word *word, const char *more, const char *what);
/* A path of the server: /f1. */
bool scenario_value_path(struct parser *parser, const struct word *word);
/* Whether a list of words that are separated by blanks has the word. */
bool scenario_value_listed(const char *list, const char *text, size_t length);

/* scenario_header.c */
bool scenario_header_line(struct parser *parser);
/* At `---`: what must be there is. */
void scenario_header_end(struct parser *parser);

/* scenario_step.c */
bool scenario_step_line(struct parser *parser);
/* Appends an argument. `key` must live as long as the scenario. NULL on failure. */
struct scenario_arg *scenario_step_add(struct parser *parser, struct step *step, const char *key,
	const struct word *value);
/* The same with a number. */
bool scenario_step_add_number(struct parser *parser, struct step *step, const char *key, const struct word *value,
	int64_t number);

/* A word of a step, key=value; `read` checks the value and adds the argument. NULL: a flag, without value. */
struct scenario_key {
	const char *key;
	bool (*read)(struct parser *parser, struct step *step, const char *key, const struct word *value);
};
/* Reads such words to the end of the line, each once; `what` is for the error. */
bool scenario_step_keys(struct parser *parser, struct step *step, const struct scenario_key *keys, size_t count, const char *what);

/* scenario_link.c */
bool scenario_link_step(struct parser *parser, struct step *step);

/* scenario_serve.c: serve and host. */
bool scenario_serve_step(struct parser *parser, struct step *step);
bool scenario_serve_host(struct parser *parser, struct step *step);

/* scenario_call.c: do and on. */
bool scenario_call_do(struct parser *parser, struct step *step);
bool scenario_call_on(struct parser *parser, struct step *step);

/* scenario_handle.c */
/* The handle of a word, of the kind (HANDLE_ANY: of any; HANDLE_FILES: any enumerator), alive; NULL on failure. */
struct handle *scenario_handle_find(struct parser *parser, const struct word *word, enum handle_kind kind, bool alive);
/* Fails when a living handle has the name. */
bool scenario_handle_free(struct parser *parser, const struct word *word);
bool scenario_handle_make(struct parser *parser, const struct word *word, enum handle_kind kind);
/* After an error: takes the as=NAME of the line for made. */
void scenario_handle_guess(struct parser *parser);

/* scenario_want.c: what an answer must be. */
enum domain { DOMAIN_CODE, DOMAIN_STATE, DOMAIN_CONTEXT, DOMAIN_NUMBER, DOMAIN_NS, DOMAIN_SECONDS, DOMAIN_WORD, DOMAIN_TEXT };
/* How the value of a property or a field is written. */
enum domain scenario_want_domain(const char *key);
/* Behind `->`. `property`: that of job.get, else "". */
bool scenario_want_reply(struct parser *parser, const struct method *method, const char *property, struct step *step);
/* `= X`, `in {X, Y}`, `in [a, b]`, `!= X`, and with `field` also `~ CLASS`, `= ?name`, `= _`. */
bool scenario_want_tail(struct parser *parser, enum domain domain, const char *property, bool field, struct want *want);
/* A code word of the dialects of the scenario. */
bool scenario_want_code(struct parser *parser, const struct word *word);
/* Whether every code that is wanted is a failure, so that no handle is made; `also` (or NULL) is a code that counts as one. */
bool scenario_want_fails(const struct parser *parser, const struct want *want, const char *also);
/* Whether ?name was bound above; the word starts with `?`. */
bool scenario_want_bound(const struct parser *parser, const struct word *word);

/* scenario_predicate.c */
bool scenario_predicate_one(struct parser *parser, struct step *step);
bool scenario_predicate_list(struct parser *parser, struct step *step);
bool scenario_predicate_callback(struct parser *parser, const struct word *word);

/* scenario_feature.c: whether a word may stand in `needs`. */
bool scenario_feature_known(const char *text, size_t length);

#endif
