/* origin_host.h -- the hosts of an origin: how each answers connections, for how often and how long. */
#ifndef BGCHECK_SIM_ORIGIN_HOST_H
#define BGCHECK_SIM_ORIGIN_HOST_H

#include "sim/origin.h"

struct host {
	char name[SCENARIO_NAME_MAX + 1];
	enum host_answer answer;
	uint64_t left;             /* connections that it still answers so */
	int64_t after_ns, until_ns;
	int64_t delay_ns;          /* of dns-slow */
};

struct hosts {
	struct host list[ORIGIN_HOSTS_MAX];
	unsigned count;
};

/* One host, `origin`, which answers. Cannot fail. */
void hosts_init(struct hosts *hosts);

/* A host step. False with `why` when there are too many. */
bool hosts_change(struct hosts *hosts, const struct step *step, int64_t now_ns, char *why, size_t why_size);

/* As origin_connect. */
enum host_answer hosts_connect(struct hosts *hosts, const char *name, int64_t now_ns, int64_t *delay_ns);

#endif
