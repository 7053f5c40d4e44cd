/* net.c -- how long things take on the network. */
#include "sim/net.h"

#include <assert.h>

int64_t net_connect_ns(enum host_answer answer, enum cause *cause)
{
	assert(cause);
	*cause = CAUSE_NONE;
	switch (answer) {
	case HOST_OK: return NET_DNS_NS + NET_CONNECT_NS;
	case HOST_REFUSE: *cause = CAUSE_NET_REFUSED; return NET_DNS_NS + NET_CONNECT_NS;
	case HOST_DNS: *cause = CAUSE_NET_DNS; return NET_DNS_NS;
	case HOST_UNREACHABLE: *cause = CAUSE_NET_UNREACHABLE; return NET_DNS_NS + NET_CONNECT_NS;
	case HOST_CONNECT_TIMEOUT: *cause = CAUSE_NET_TIMEOUT; return NET_DNS_NS + NET_CONNECT_TIMEOUT_NS;
	}
	return NET_DNS_NS;
}

uint64_t net_rate(uint64_t throttle)
{
	return throttle && throttle < NET_BANDWIDTH ? throttle : NET_BANDWIDTH;
}

int64_t net_time_ns(uint64_t bytes, uint64_t rate)
{
	uint64_t seconds, rest;

	assert(rate > 0 && rate <= NET_BANDWIDTH_MAX);
	seconds = bytes / rate;
	rest = bytes % rate;
	if (seconds >= (uint64_t)(NET_LONG_NS / NET_S)) return NET_LONG_NS;
	return (int64_t)seconds * NET_S + (int64_t)((rest * (uint64_t)NET_S + rate - 1) / rate);
}

uint64_t net_bytes(int64_t ns, uint64_t rate)
{
	uint64_t seconds, rest;

	assert(rate > 0 && rate <= NET_BANDWIDTH_MAX);
	if (ns <= 0) return 0;
	seconds = (uint64_t)(ns / NET_S);
	rest = (uint64_t)(ns % NET_S);
	if (seconds > UINT64_MAX / 2 / rate) return UINT64_MAX / 2;
	return seconds * rate + rest * rate / (uint64_t)NET_S;
}
