/* net_test.c -- how long things take. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/net.h"

static void connections_stand_or_fail_in_their_time(void **state)
{
	static const struct { enum host_answer answer; int64_t ns; enum cause cause; int64_t delay_ns, round_trip_ns; } rows[] = {
		{ HOST_OK, 25 * NET_MS, CAUSE_NONE, 0, 0 },
		{ HOST_REFUSE, 25 * NET_MS, CAUSE_NET_REFUSED, 0, 0 },
		{ HOST_DNS, 5 * NET_MS, CAUSE_NET_DNS, 0, 0 },
		{ HOST_UNREACHABLE, 25 * NET_MS, CAUSE_NET_UNREACHABLE, 0, 0 },
		{ HOST_CONNECT_TIMEOUT, 20 * NET_S + 5 * NET_MS, CAUSE_NET_TIMEOUT, 0, 0 },
		{ HOST_DNS_SLOW, 3025 * NET_MS, CAUSE_NONE, 3 * NET_S, 0 },
		{ HOST_DNS_SLOW, 20 * NET_S, CAUSE_NET_TIMEOUT, 20 * NET_S, 0 },
		{ HOST_DNS_WRONG, 25 * NET_MS, CAUSE_NONE, 0, 0 },
		{ HOST_TLS_DATE, 25 * NET_MS, CAUSE_TLS_DATE, 0, 0 },
		{ HOST_TLS_NAME, 25 * NET_MS, CAUSE_TLS_NAME, 0, 0 },
		{ HOST_TLS_ISSUER, 25 * NET_MS, CAUSE_TLS_ISSUER, 0, 0 },
		{ HOST_PROXY_REFUSE, 25 * NET_MS, CAUSE_PROXY_REFUSED, 0, 0 },
		{ HOST_PROXY_407, 25 * NET_MS, CAUSE_NONE, 0, 0 },
		{ HOST_PROXY_INVALID, 25 * NET_MS, CAUSE_PROXY_INVALID, 0, 0 },
		{ HOST_TOKEN, 25 * NET_MS, CAUSE_TOKEN_REQUIRED, 0, 0 },
		{ HOST_OK, 85 * NET_MS, CAUSE_NONE, 0, 80 * NET_MS },
		{ HOST_DNS, 5 * NET_MS, CAUSE_NET_DNS, 0, 30 * NET_S },
		{ HOST_REFUSE, 20 * NET_S + 5 * NET_MS, CAUSE_NET_TIMEOUT, 0, 20 * NET_S },
		{ HOST_OK, 20 * NET_S + 5 * NET_MS, CAUSE_NET_TIMEOUT, 0, 60 * NET_S },
	};
	enum cause cause;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(net_connect_ns(rows[i].answer, rows[i].delay_ns, rows[i].round_trip_ns ? rows[i].round_trip_ns : 20 * NET_MS, &cause), rows[i].ns);
		assert_int_equal(cause, rows[i].cause);
	}
}

static void a_byte_is_there_at_its_time_and_not_before(void **state)
{
	static const uint64_t rates[] = { 1, 3, 7, 16384, 1000003, NET_BANDWIDTH, LINK_BANDWIDTH_MAX };
	static const uint64_t counts[] = { 1, 2, 999, 65536, 1048577, UINT64_C(5000000000) };
	static const uint64_t rests[] = { 0, 1, 500000000, 999999999 };

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates * 6 * 4; i++) {
		uint64_t rate = rates[i / 24], count = counts[i / 4 % 6], before = rests[i % 4], after = before;
		int64_t ns = net_time_ns(count, rate, before);
		if (ns == NET_LONG_NS) continue;
		assert_true(net_bytes(ns, rate, &after) >= count);
		assert_true(after < (uint64_t)NET_S);
		after = before;
		if (ns > 1) assert_true(net_bytes(ns - 1, rate, &after) < count);
	}
}

/* A time that is cut into pieces brings as many bytes as the whole. */
static void what_is_left_of_a_byte_is_not_lost(void **state)
{
	uint64_t whole = 0, pieces = 0, sum = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) sum += net_bytes(1234567, 999983, &pieces);
	assert_int_equal(sum, net_bytes(INT64_C(1234567000), 999983, &whole));
	assert_int_equal(pieces, whole);
}

static void one_mebibyte_takes_a_second(void **state)
{
	uint64_t rest = 0;

	(void)state;
	assert_int_equal(net_time_ns(NET_BANDWIDTH, NET_BANDWIDTH, 0), NET_S);
	assert_int_equal(net_time_ns(0, NET_BANDWIDTH, 999999999), 0);
	assert_int_equal(net_bytes(0, NET_BANDWIDTH, &rest), 0);
	assert_int_equal(net_bytes(-5, NET_BANDWIDTH, &rest), 0);
}

static void what_takes_for_ever_does_not_overflow(void **state)
{
	uint64_t rest = 999999999;

	(void)state;
	assert_int_equal(net_time_ns(UINT64_MAX, 1, 0), NET_LONG_NS);
	assert_true(net_time_ns(UINT64_MAX, LINK_BANDWIDTH_MAX, 999999999) > 0);
	assert_true(net_bytes(INT64_MAX, LINK_BANDWIDTH_MAX, &rest) > LINK_BANDWIDTH_MAX);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_stand_or_fail_in_their_time),
		cmocka_unit_test(a_byte_is_there_at_its_time_and_not_before),
		cmocka_unit_test(what_is_left_of_a_byte_is_not_lost),
		cmocka_unit_test(one_mebibyte_takes_a_second),
		cmocka_unit_test(what_takes_for_ever_does_not_overflow),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
