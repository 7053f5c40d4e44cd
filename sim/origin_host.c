/* origin_host.c -- how hosts answer connections. */
#include "sim/origin_host.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FOR_EVER ((uint64_t)INT64_MAX)

static const char *const HOST_WORDS[HOST_ANSWERS] = { [HOST_OK] = "ok", [HOST_REFUSE] = "refuse", [HOST_DNS] = "dns", [HOST_UNREACHABLE] = "unreachable",
	[HOST_CONNECT_TIMEOUT] = "connect-timeout", [HOST_DNS_SLOW] = "dns-slow", [HOST_DNS_WRONG] = "dns-wrong", [HOST_TLS_DATE] = "tls-date",
	[HOST_TLS_NAME] = "tls-name", [HOST_TLS_ISSUER] = "tls-issuer", [HOST_PROXY_REFUSE] = "proxy-refuse", [HOST_PROXY_407] = "proxy-407",
	[HOST_PROXY_INVALID] = "proxy-invalid", [HOST_TOKEN] = "token" };

const char *origin_host_word(enum host_answer answer)
{
	assert((unsigned)answer < HOST_ANSWERS);
	return HOST_WORDS[answer];
}

enum host_answer origin_host_find(const char *word)
{
	int i = 0;

	while (i < HOST_ANSWERS && strcmp(HOST_WORDS[i], word)) i++;
	return (enum host_answer)i;
}

void hosts_init(struct hosts *hosts)
{
	*hosts = (struct hosts){ .count = 1, .list = { { .name = "origin", .answer = HOST_OK, .left = FOR_EVER, .until_ns = INT64_MAX } } };
}

static struct host *find_host(struct hosts *hosts, const char *name)
{
	for (unsigned i = 0; i < hosts->count; i++)
		if (!strcmp(hosts->list[i].name, name)) return &hosts->list[i];
	return NULL;
}

bool hosts_change(struct hosts *hosts, const struct step *step, int64_t now_ns, char *why, size_t why_size)
{
	const struct scenario_arg *name = step_word(step, 0);
	struct host *host = name ? find_host(hosts, name->text) : NULL;
	int64_t during = step_number(step, "for", INT64_MAX);

	if (!host) {
		if (!name || hosts->count == ORIGIN_HOSTS_MAX) {
			snprintf(why, why_size, "more than %d hosts", ORIGIN_HOSTS_MAX);
			return false;
		}
		host = &hosts->list[hosts->count++];
		snprintf(host->name, sizeof host->name, "%s", name->text);
	}
	host->answer = origin_host_find(step->word);
	host->left = (uint64_t)step_number(step, "times", (int64_t)FOR_EVER);
	host->delay_ns = step_number(step, "delay", 0);
	host->after_ns = step_number(step, "after", 0);
	host->until_ns = during > INT64_MAX - now_ns ? INT64_MAX : now_ns + during;
	if (step_arg(step, "until")) host->until_ns = step_number(step, "until", INT64_MAX);
	return true;
}

enum host_answer hosts_connect(struct hosts *hosts, const char *name, int64_t now_ns, int64_t *delay_ns)
{
	struct host *host = find_host(hosts, name);

	*delay_ns = 0;
	if (!host) return HOST_DNS;
	if (host->left == 0 || now_ns < host->after_ns || now_ns >= host->until_ns) return HOST_OK;
	if (host->left != FOR_EVER) host->left--;
	*delay_ns = host->delay_ns;
	return host->answer;
}
