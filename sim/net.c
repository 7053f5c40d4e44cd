/* net.c -- how long things take on the network. */
#include "sim/net.h"

#include <assert.h>

int64_t net_connect_ns(enum host_answer answer, int64_t delay_ns, int64_t round_trip_ns, enum cause *cause)
{
	static const enum cause causes[HOST_ANSWERS] = { [HOST_OK] = CAUSE_NONE, [HOST_REFUSE] = CAUSE_NET_REFUSED, [HOST_DNS] = CAUSE_NET_DNS,
		[HOST_UNREACHABLE] = CAUSE_NET_UNREACHABLE, [HOST_CONNECT_TIMEOUT] = CAUSE_NET_TIMEOUT, [HOST_DNS_SLOW] = CAUSE_NONE,
		[HOST_DNS_WRONG] = CAUSE_NONE, [HOST_TLS_DATE] = CAUSE_TLS_DATE, [HOST_TLS_NAME] = CAUSE_TLS_NAME, [HOST_TLS_ISSUER] = CAUSE_TLS_ISSUER,
		[HOST_PROXY_REFUSE] = CAUSE_PROXY_REFUSED, [HOST_PROXY_407] = CAUSE_NONE, [HOST_PROXY_INVALID] = CAUSE_PROXY_INVALID,
		[HOST_TOKEN] = CAUSE_TOKEN_REQUIRED };

	assert(cause && (unsigned)answer < HOST_ANSWERS);
	*cause = causes[answer];
	if (delay_ns >= NET_CONNECT_TIMEOUT_NS) {
		*cause = CAUSE_NET_TIMEOUT;
		return NET_CONNECT_TIMEOUT_NS;
	}
	if (answer == HOST_DNS) return NET_DNS_NS;
	if (answer == HOST_CONNECT_TIMEOUT || round_trip_ns >= NET_CONNECT_TIMEOUT_NS) {
		*cause = CAUSE_NET_TIMEOUT;
		round_trip_ns = NET_CONNECT_TIMEOUT_NS;
	}
	return delay_ns + NET_DNS_NS + round_trip_ns;
}

int64_t net_time_ns(uint64_t bytes, uint64_t rate, uint64_t rest)
{
	uint64_t seconds, part;

	assert(rate > 0 && rate <= LINK_BANDWIDTH_MAX && rest < (uint64_t)NET_S);
	if (bytes == 0) return 0;
	seconds = bytes / rate;
	part = bytes % rate;
	if (seconds >= (uint64_t)(NET_LONG_NS / NET_S)) return NET_LONG_NS;
	if (part == 0) {           /* the last second is one in which `rate` bytes come */
		seconds--;
		part = rate;
	}
	return (int64_t)seconds * NET_S + (int64_t)((part * (uint64_t)NET_S - rest + rate - 1) / rate);
}

uint64_t net_bytes(int64_t ns, uint64_t rate, uint64_t *rest)
{
	uint64_t seconds, part;

	assert(rate > 0 && rate <= LINK_BANDWIDTH_MAX && *rest < (uint64_t)NET_S);
	if (ns <= 0) return 0;
	seconds = (uint64_t)(ns / NET_S);
	if (seconds > UINT64_MAX / 2 / rate) return UINT64_MAX / 2;
	part = (uint64_t)(ns % NET_S) * rate + *rest;
	*rest = part % (uint64_t)NET_S;
	return seconds * rate + part / (uint64_t)NET_S;
}
