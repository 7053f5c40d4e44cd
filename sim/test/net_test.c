/* net_test.c -- how long things take. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/net.h"

static void connections_stand_or_fail_in_their_time(void **state)
{
	static const struct { enum host_answer answer; int64_t ns; enum cause cause; int64_t delay_ns; } rows[] = {
		{ HOST_OK, 25 * NET_MS, CAUSE_NONE, 0 },
		{ HOST_REFUSE, 25 * NET_MS, CAUSE_NET_REFUSED, 0 },
		{ HOST_DNS, 5 * NET_MS, CAUSE_NET_DNS, 0 },
		{ HOST_UNREACHABLE, 25 * NET_MS, CAUSE_NET_UNREACHABLE, 0 },
		{ HOST_CONNECT_TIMEOUT, 20 * NET_S + 5 * NET_MS, CAUSE_NET_TIMEOUT, 0 },
		{ HOST_DNS_SLOW, 3025 * NET_MS, CAUSE_NONE, 3 * NET_S },
		{ HOST_DNS_SLOW, 20 * NET_S, CAUSE_NET_TIMEOUT, 20 * NET_S },
		{ HOST_DNS_WRONG, 25 * NET_MS, CAUSE_NONE, 0 },
		{ HOST_TLS_DATE, 25 * NET_MS, CAUSE_TLS_DATE, 0 },
		{ HOST_TLS_NAME, 25 * NET_MS, CAUSE_TLS_NAME, 0 },
		{ HOST_TLS_ISSUER, 25 * NET_MS, CAUSE_TLS_ISSUER, 0 },
		{ HOST_PROXY_REFUSE, 25 * NET_MS, CAUSE_PROXY_REFUSED, 0 },
		{ HOST_PROXY_407, 25 * NET_MS, CAUSE_NONE, 0 },
		{ HOST_PROXY_INVALID, 25 * NET_MS, CAUSE_PROXY_INVALID, 0 },
		{ HOST_TOKEN, 25 * NET_MS, CAUSE_TOKEN_REQUIRED, 0 },
	};
	enum cause cause;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(net_connect_ns(rows[i].answer, rows[i].delay_ns, &cause), rows[i].ns);
		assert_int_equal(cause, rows[i].cause);
	}
}

static void the_slower_of_link_and_throttle_counts(void **state)
{
	(void)state;
	assert_int_equal(net_rate(0), NET_BANDWIDTH);
	assert_int_equal(net_rate(16384), 16384);
	assert_int_equal(net_rate(NET_BANDWIDTH * 2), NET_BANDWIDTH);
}

static void a_byte_is_there_at_its_time_and_not_before(void **state)
{
	static const uint64_t rates[] = { 1, 3, 7, 16384, 1000003, NET_BANDWIDTH, NET_BANDWIDTH_MAX };
	static const uint64_t counts[] = { 1, 2, 999, 65536, 1048577, UINT64_C(5000000000) };

	(void)state;
	for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
		for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
			int64_t ns = net_time_ns(counts[c], rates[r]);
			if (ns == NET_LONG_NS) continue;
			assert_true(net_bytes(ns, rates[r]) >= counts[c]);
			assert_true(net_bytes(ns - 1, rates[r]) < counts[c]);
		}
	}
}

static void one_mebibyte_takes_a_second(void **state)
{
	(void)state;
	assert_int_equal(net_time_ns(NET_BANDWIDTH, NET_BANDWIDTH), NET_S);
	assert_int_equal(net_time_ns(0, NET_BANDWIDTH), 0);
	assert_int_equal(net_bytes(0, NET_BANDWIDTH), 0);
	assert_int_equal(net_bytes(-5, NET_BANDWIDTH), 0);
}

static void what_takes_for_ever_does_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(net_time_ns(UINT64_MAX, 1), NET_LONG_NS);
	assert_true(net_time_ns(UINT64_MAX, NET_BANDWIDTH_MAX) > 0);
	assert_true(net_bytes(INT64_MAX, NET_BANDWIDTH_MAX) > NET_BANDWIDTH_MAX);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_stand_or_fail_in_their_time),
		cmocka_unit_test(the_slower_of_link_and_throttle_counts),
		cmocka_unit_test(a_byte_is_there_at_its_time_and_not_before),
		cmocka_unit_test(one_mebibyte_takes_a_second),
		cmocka_unit_test(what_takes_for_ever_does_not_overflow),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
