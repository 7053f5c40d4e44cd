/* adapter_check_feature.c -- every command once: what is said to be there answers, what is said to be missing does not. */
#include "conformance/adapter_check_part.h"
#include "model/machine.h"

#include <stdio.h>
#include <string.h>

/* Values for arguments; those that are not here may be left out. %s: the work folder in the adapter's spelling. */
static const struct { const char *key, *value; } VALUES[] = {
	{ "as", "t1" }, { "url", "http://127.0.0.1:9/f" }, { "local", "%sextra" }, { "ranges", "0-99" }, { "id", "{00000000-0000-0000-0000-000000000000}" },
	{ "flags", "#0" }, { "code", "#-2145386481" }, { "program", "%sprogram" }, { "parameters", "x" }, { "target", "#1" }, { "scheme", "#1" },
	{ "user", "u" }, { "password", "p" }, { "old_prefix", "http://nowhere.invalid/a" }, { "new_prefix", "http://nowhere.invalid/b" },
	{ "property_id", "#1" }, { "value", "#1" }, { "iid", "IUnknown" }, { "count", "#1" }, { "display_name", "n" }, { "description", "d" },
	{ "priority", "#2" }, { "notify_flags", "#3" }, { "notify_interface", "~" }, { "minimum_retry_delay", "#60" }, { "no_progress_timeout", "#60" },
	{ "proxy_usage", "#0" }, { "reply_file_name", "%sreply" }, { "acl_flags", "#0" }, { "peer_caching_flags", "#0" },
	{ "maximum_download_time", "#60" }, { "security_flags", "#0" },
};

/* These end or start the job that the others are tried on, or are steps of their own. */
static bool is_elsewhere(const char *command)
{
	static const char *const words[] = { "job.create", "job.cancel", "job.complete", "job.resume", "job.suspend", "job.get_error", "handle.add_ref", "handle.release" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], command)) return true;
	return false;
}

static const char *handle_of(const struct check *check, const char *command, bool has_error, bool has_file, bool has_enum)
{
	(void)check;
	if (!strncmp(command, "error.", 6)) return has_error ? " error=te" : NULL;
	if (!strncmp(command, "file.", 5)) return has_file ? " file=tf" : NULL;
	if (!strncmp(command, "enum.", 5)) return has_enum ? " enum=tn" : NULL;
	if (!strncmp(command, "handle.", 7)) return " handle=tj";
	if (!strcmp(command, "job.open") || !strcmp(command, "job.enum") || !strncmp(command, "manager.", 8)) return "";
	return " job=tj";
}

static void add_argument(const struct check *check, char *line, size_t size, const char *key)
{
	char folder[600];
	size_t used = strlen(line);
	snprintf(folder, sizeof folder, "%s%c", check->path.dir, check->path.separator);
	for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
		if (strcmp(VALUES[i].key, key)) continue;
		bool spelled = !strncmp(VALUES[i].value, "%s", 2);
		snprintf(line + used, size - used, " %s=%s%s", key, spelled ? folder : "", VALUES[i].value + (spelled ? 2 : 0));
		return;
	}
}

/* The command with plausible arguments. */
static void print_command(const struct check *check, const struct method *method, const char *handle, char *line, size_t size)
{
	snprintf(line, size, "%s%s", method->command, handle);
	for (const char *at = method->args; *at;) {
		char key[64];
		size_t length = strcspn(at, " ");
		snprintf(key, sizeof key, "%.*s", (int)length, at);
		at += length + strspn(at + length, " ");
		if (strcmp(key, "property")) add_argument(check, line, size, key);
		else snprintf(line + strlen(line), size - strlen(line), " property=%s", method->property);
	}
}

static bool is_lacked(const struct check *check, const struct method *method)
{
	char word[128];
	snprintf(word, sizeof word, "%s%s%s", method->command, *method->property ? "." : "", method->property);
	return adapter_protocol_lacks(check->said, word);
}

static void try_command(struct check *check, const struct method *method, const char *handle)
{
	char line[2000];
	bool lacked = is_lacked(check, method);
	print_command(check, method, handle, line, sizeof line);
	enum came came = check_ask(check, "%s", line);
	bool made = came == CAME_SUCCESS && strstr(line, " as=t1");
	if (lacked) check_came(check, CHECK_LACKS, came, CAME_REFUSED);
	else check_came(check, CHECK_FEATURES, came, CAME_SUCCESS | CAME_FAILURE);
	/* enum.next succeeds without a handle at the end: hr 1. */
	if (made && check->reply.hr == 0) check_came(check, CHECK_FEATURES, check_ask(check, "handle.release handle=t1"), CAME_SUCCESS | CAME_REFUSED);
}

static bool has(struct check *check, const char *command)
{
	return check_ask(check, "%s", command) == CAME_SUCCESS;
}

static void drop(struct check *check, bool there, const char *handle)
{
	if (there) check_ask(check, "handle.release handle=%s", handle);
}

void check_features(struct check *check)
{
	unsigned count;
	const struct method *methods = machine_methods(&count);
	bool has_error = has(check, "job.get_error job=j1 as=te");
	bool has_job = has(check, "job.create as=tj name=features type=#0");
	char add[2000] = "job.add_file job=tj url=http://127.0.0.1:9/t";
	add_argument(check, add, sizeof add, "local");
	bool has_enum = has(check, add) && has(check, "job.enum_files job=tj as=tn");
	bool has_file = has_enum && has(check, "enum.next enum=tn as=tf count=#1");
	if (has_enum) check_ask(check, "enum.reset enum=tn");
	for (unsigned i = 0; i < count && has_job && !check->over; i++) {
		const char *handle = handle_of(check, methods[i].command, has_error, has_file, has_enum);
		if (handle && methods[i].in[check->dialect] && !is_elsewhere(methods[i].command)) try_command(check, &methods[i], handle);
	}
	if (check->over) return;
	if (!has_job) check_skip(check, CHECK_FEATURES, "there is no job to try them on");
	else if (!check->bad_step[CHECK_FEATURES]) check_ok(check, CHECK_FEATURES);
	if (!has_job) check_skip(check, CHECK_LACKS, "there is no job to try them on");
	else if (!check->bad_step[CHECK_LACKS]) check_ok(check, CHECK_LACKS);
	if (has_job) check_ask(check, "job.cancel job=tj");
	drop(check, has_file, "tf");
	drop(check, has_enum, "tn");
	drop(check, has_error, "te");
	drop(check, has_job, "tj");
}
