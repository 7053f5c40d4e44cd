/* link_test.c -- links: shares, loss and delay by themselves, and transfers against the closed form of processor sharing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ARENA_STATE_BYTES (64u << 20)
#include "sim/link.h"
#include "sim/net.h"
#include "sim/play.h"
#include "sim/test/arena_state.h"
#include "sim/world.h"

#include <stdio.h>
#include <string.h>

#define FLOWS_MAX 8
#define TEXT_MAX 8192

/* --- shares */

/* What defines max-min fairness: nobody has more than they take, all that is there is given while somebody wants it, and who gets less
 * than they want has as much as anybody (but for one byte that does not divide). */
static void check_share(uint64_t goodput, const uint64_t *caps, unsigned count)
{
	uint64_t rates[FLOWS_MAX], sum = 0, most = 0;
	bool wanting = false;

	link_share(goodput, caps, rates, count);
	for (unsigned i = 0; i < count; i++) {
		assert_true(rates[i] >= 1 && rates[i] <= caps[i]);
		sum += rates[i];
		if (rates[i] > most) most = rates[i];
		wanting |= rates[i] < caps[i];
	}
	if (goodput < count) return;    /* one byte each is more than there is */
	assert_true(sum <= goodput);
	if (wanting) assert_int_equal(sum, goodput);
	for (unsigned i = 0; i < count; i++)
		if (rates[i] < caps[i]) assert_true(rates[i] + 1 >= most);
}

static void shares_are_max_min_fair(void **state)
{
	static const uint64_t goodputs[] = { 1, 2, 7, 1000, 1048576, LINK_BANDWIDTH_MAX };
	struct rng rng;

	(void)state;
	rng_init(&rng, 1, "shares");
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t caps[FLOWS_MAX], goodput = goodputs[round % 6];
		unsigned count = (unsigned)rng_below(&rng, FLOWS_MAX + 1);
		for (unsigned i = 0; i < count; i++) caps[i] = rng_below(&rng, 3) ? rng_below(&rng, goodput * 2) + 1 : LINK_UNLIMITED;
		check_share(goodput, caps, count);
	}
}

static void a_share_that_is_known(void **state)
{
	static const uint64_t caps[] = { 100, 5000, 300, 5000 };
	uint64_t rates[4];

	(void)state;
	link_share(2401, caps, rates, 4);
	assert_int_equal(rates[0], 100);
	assert_int_equal(rates[2], 300);
	assert_int_equal(rates[1], 1001);
	assert_int_equal(rates[3], 1000);
}

/* --- loss, delay and jitter */

static void loss_is_goodput(void **state)
{
	struct link link = { .delay_ns = 10 * NET_MS, .bandwidth = 1000000 };

	(void)state;
	assert_int_equal(link_goodput(&link), 1000000);
	assert_true(link_cap(&link) == LINK_UNLIMITED);
	link.loss = 10000;
	assert_int_equal(link_goodput(&link), 990000);
	assert_int_equal(link_cap(&link), 894063);      /* 1460 / 0.02 * sqrt(1.5 / 0.01) */
	link.loss = 40000;
	assert_int_equal(link_cap(&link), 447031);      /* four times the loss, half the rate */
	link.delay_ns = 40 * NET_MS;
	assert_int_equal(link_cap(&link), 111757);      /* a quarter of it: four times as far */
	link.bandwidth = 0;
	assert_true(link_goodput(&link) == LINK_UNLIMITED);
}

static void silence_doubles_with_each_loss(void **state)
{
	enum { DRAWS = 200000 };
	struct links links;
	unsigned seen[8] = { 0 };

	(void)state;
	links_init(&links, 1);
	assert_int_equal(links_silence_ns(&links), 0);
	links.used->loss = 250000;
	for (unsigned i = 0; i < DRAWS; i++) {
		int64_t seconds = links_silence_ns(&links) / NET_S;
		unsigned lost = 0;
		while ((INT64_C(1) << lost) - 1 < seconds) lost++;
		assert_int_equal((INT64_C(1) << lost) - 1, seconds);
		seen[lost]++;
	}
	assert_in_range(seen[0], DRAWS * 74 / 100, DRAWS * 76 / 100);
	assert_in_range(seen[1], DRAWS * 18 / 100, DRAWS * 19 / 100);
	assert_in_range(seen[2], DRAWS * 45 / 1000, DRAWS * 49 / 1000);
}

static void jitter_is_between_nothing_and_all_of_it(void **state)
{
	struct links links;
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	links_init(&links, 1);
	assert_int_equal(links_one_way_ns(&links), LINK_DELAY_NS);
	assert_int_equal(links_round_trip_ns(&links), 2 * LINK_DELAY_NS);
	links.used->jitter_ns = 1000;
	for (unsigned i = 0; i < 100000; i++) {
		int64_t way_ns = links_one_way_ns(&links) - LINK_DELAY_NS;
		if (way_ns < least) least = way_ns;
		if (way_ns > most) most = way_ns;
	}
	assert_int_equal(least, 0);
	assert_int_equal(most, 1000);
}

static void there_are_so_many_links_and_no_more(void **state)
{
	struct links links;
	char name[8];

	(void)state;
	links_init(&links, 1);
	assert_string_equal(links.used->name, LINK_FIRST);
	for (unsigned i = 1; i < LINKS_MAX; i++) {
		snprintf(name, sizeof name, "l%u", i);
		assert_non_null(links_at(&links, name));
	}
	assert_null(links_at(&links, "more"));
	assert_ptr_equal(links_at(&links, LINK_FIRST), links.used);
}

/* --- transfers */

struct flow {
	int64_t begin_ns;               /* resume */
	uint64_t size, throttle;        /* throttle: 0, none */
	/* What was seen. */
	int64_t from_ns, to_ns;
};

static struct trace *play(struct arena *arena, const char *text)
{
	static struct play played;
	const struct play_options options = { .dialect = DIALECT_DO, .seed = 1 };
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	struct failure failure = { 0 };
	struct target *target;

	memset(&played, 0, sizeof played);
	if (scenario_parse(arena, "9999-link.scn", text, strlen(text), &scenario, &failures)) fail_msg("%u: %s", failures.list[0].line, failures.list[0].text);
	target = world_new(arena, machine_reference(DIALECT_DO), 1);
	assert_non_null(target);
	assert_int_equal(play_scenario(arena, scenario, target, &options, &played, &failure), STATUS_OK);
	for (unsigned i = 0; i < played.trace.count; i++)
		if (!strcmp(played.trace.lines[i]->event, "check")) assert_string_equal(trace_get(played.trace.lines[i], "passed"), "1");
	return &played.trace;
}

/* A job for each flow, resumed in its time. */
static void write_plot(char *text, const char *link, const struct flow *flows, unsigned count)
{
	size_t used = (size_t)snprintf(text, TEXT_MAX, "id: 9999-link\ntitle: flows\ndialect: do\nprobe: off\n---\n%s\n", link);
	int64_t now_ns = 0;

	for (unsigned i = 0; i < count; i++) {
		char throttle[48] = "";
		if (flows[i].throttle) snprintf(throttle, sizeof throttle, " throttle=%llu", (unsigned long long)flows[i].throttle);
		used += (size_t)snprintf(text + used, TEXT_MAX - used, "serve /f%u size=%llu%s\ndo job.create as=j%u\ndo job.set j%u priority=FOREGROUND\n"
			"do job.add_file j%u url=$S/f%u local=$W/f%u\n", i, (unsigned long long)flows[i].size, throttle, i, i, i, i, i);
	}
	for (unsigned i = 0; i < count; i++) {
		if (flows[i].begin_ns > now_ns) used += (size_t)snprintf(text + used, TEXT_MAX - used, "advance %lldms\n", (long long)((flows[i].begin_ns - now_ns) / NET_MS));
		now_ns = flows[i].begin_ns;
		used += (size_t)snprintf(text + used, TEXT_MAX - used, "do job.resume j%u\n", i);
	}
	for (unsigned i = 0; i < count; i++) used += (size_t)snprintf(text + used, TEXT_MAX - used, "within 90d state j%u = TRANSFERRED\n", i);
	assert_true(used < TEXT_MAX);
}

/* When bodies began and ended: a body begins when the head has come, one way behind the request. */
static void see_flows(const struct trace *trace, struct flow *flows, unsigned count, int64_t one_way_ns)
{
	char path[8];

	for (unsigned i = 0; i < count; i++) {
		snprintf(path, sizeof path, "/f%u", i);
		for (unsigned n = 0; n < trace->count; n++) {
			const struct trace_line *line = trace->lines[n];
			if (strcmp(line->object, path)) continue;
			if (!strcmp(line->event, "request")) flows[i].from_ns = line->at_ns + one_way_ns;
			if (!strcmp(line->event, "response")) flows[i].to_ns = line->at_ns;
		}
	}
}

/* Processor sharing, worked out with fractions: all flows that run have the same rate, but for those that take less. */
static void expect_closed_form(struct flow *flows, unsigned count, double bandwidth, double tolerance_ns)
{
	double left[FLOWS_MAX], rate[FLOWS_MAX], now = 0, end[FLOWS_MAX];
	bool done[FLOWS_MAX] = { false };
	unsigned open = count;

	for (unsigned i = 0; i < count; i++) left[i] = (double)flows[i].size;
	while (open > 0) {
		double next = 1e30, share = bandwidth;
		unsigned running = 0, free = 0;
		for (unsigned i = 0; i < count; i++) running += !done[i] && (double)flows[i].from_ns <= now;
		for (unsigned i = 0; i < count; i++) rate[i] = 0;
		for (unsigned pass = 0; pass <= count && running; pass++) {      /* who is throttled below the share leaves the rest */
			share = bandwidth;
			free = running;
			for (unsigned i = 0; i < count; i++)
				if (rate[i] > 0) share -= rate[i], free--;
			for (unsigned i = 0; i < count; i++)
				if (!done[i] && (double)flows[i].from_ns <= now && rate[i] == 0 && flows[i].throttle && (double)flows[i].throttle < share / free)
					rate[i] = (double)flows[i].throttle;
		}
		for (unsigned i = 0; i < count; i++) {
			if (done[i]) continue;
			if ((double)flows[i].from_ns > now) {
				if ((double)flows[i].from_ns < next) next = (double)flows[i].from_ns;
				continue;
			}
			if (rate[i] == 0) rate[i] = share / free;
			if (now + left[i] / rate[i] * 1e9 < next) next = now + left[i] / rate[i] * 1e9;
		}
		for (unsigned i = 0; i < count; i++) {
			if (done[i] || (double)flows[i].from_ns > now) continue;
			left[i] -= rate[i] * (next - now) / 1e9;
			if (left[i] > 1e-6) continue;
			done[i] = true;
			end[i] = next;
			open--;
		}
		now = next;
	}
	for (unsigned i = 0; i < count; i++)
		if ((double)flows[i].to_ns < end[i] - tolerance_ns || (double)flows[i].to_ns > end[i] + tolerance_ns)
			fail_msg("flow %u: expected its end at %.0f ns, found %lld", i, end[i], (long long)flows[i].to_ns);
}

static void check_flows(void **state, const char *link, struct flow *flows, unsigned count, double bandwidth, double tolerance_ns)
{
	static char text[TEXT_MAX];

	arena_reset(*state);
	write_plot(text, link, flows, count);
	see_flows(play(*state, text), flows, count, LINK_DELAY_NS);
	expect_closed_form(flows, count, bandwidth, tolerance_ns);
}

static void one_flow_has_all(void **state)
{
	struct flow flows[] = { { 0, 3000000, 0, 0, 0 } };

	check_flows(state, "link lan bandwidth=600000", flows, 1, 600000, 1);
	assert_int_equal(flows[0].to_ns - flows[0].from_ns, 5 * NET_S);
}

static void two_flows_have_half_each(void **state)
{
	struct flow flows[] = { { 0, 600000, 0, 0, 0 }, { 0, 1200000, 0, 0, 0 } };

	check_flows(state, "link lan bandwidth=600000", flows, 2, 600000, 2);
	assert_int_equal(flows[0].to_ns - flows[0].from_ns, 2 * NET_S);
	assert_int_equal(flows[1].to_ns - flows[1].from_ns, 3 * NET_S);
}

/* The bandwidth can be divided by 1 to 6: rates are exact, and what is rounded is the nanosecond of each change. */
static void flows_start_and_stop(void **state)
{
	struct flow flows[] = { { 0, 6000000, 0, 0, 0 }, { 700 * NET_MS, 100000, 0, 0, 0 }, { 700 * NET_MS, 900001, 0, 0, 0 },
		{ 2500 * NET_MS, 1, 0, 0, 0 }, { 3 * NET_S, 77777, 0, 0, 0 }, { 20 * NET_S, 600000, 0, 0, 0 } };

	check_flows(state, "link lan bandwidth=600000", flows, 6, 600000, 20);
}

static void a_throttled_flow_leaves_the_rest(void **state)
{
	struct flow flows[] = { { 0, 600000, 0, 0, 0 }, { 0, 100000, 20000, 0, 0 }, { 1 * NET_S, 600000, 0, 0, 0 } };

	check_flows(state, "link lan bandwidth=600000", flows, 3, 600000, 20);
}

/* A byte a second of rounding in 10000 is a ten-thousandth of the time. */
static void a_bandwidth_that_does_not_divide(void **state)
{
	struct flow flows[] = { { 0, 40000, 0, 0, 0 }, { 0, 50000, 0, 0, 0 }, { 0, 60000, 0, 0, 0 } };

	check_flows(state, "link lan bandwidth=10007", flows, 3, 10007, 15.0 * NET_S / 3000);
}

static void chance_does_not_break_it(void **state)
{
	struct rng rng;

	rng_init(&rng, 7, "flows");
	for (unsigned round = 0; round < 200; round++) {
		struct flow flows[5];
		int64_t now_ns = 0;
		for (unsigned i = 0; i < 5; i++) {
			flows[i] = (struct flow){ .begin_ns = now_ns, .size = rng_below(&rng, 3000000) + 1, .throttle = rng_below(&rng, 3) ? 0 : rng_below(&rng, 600000) + 1 };
			now_ns += (int64_t)rng_below(&rng, 4000) * NET_MS;
		}
		/* Throttles are whole bytes, what they leave may not divide: 4 bytes a second of at least 1, for as long as it takes. */
		check_flows(state, "link lan bandwidth=6000000", flows, 5, 6000000, 200000);
	}
}

static void a_link_that_changes_counts_at_once(void **state)
{
	const char *text = "id: 9999-link\ntitle: slower\ndialect: do\nprobe: off\n---\nlink lan bandwidth=600000\nserve /f0 size=1200000\n"
		"do job.create as=j0\ndo job.add_file j0 url=$S/f0 local=$W/f0\ndo job.resume j0\nadvance 1s\nlink lan bandwidth=60000\nwithin 1h state j0 = TRANSFERRED\n";
	struct flow flow = { .size = 1200000 };
	int64_t first_ns;

	arena_reset(*state);
	see_flows(play(*state, text), &flow, 1, LINK_DELAY_NS);
	first_ns = NET_S - flow.from_ns;      /* at ten times the rate */
	assert_in_range(flow.to_ns - NET_S, 20 * NET_S - 10 * first_ns, 20 * NET_S - 10 * first_ns + 2);
}

/* How many lines a play has, which is how many events. 100 GiB take 6 hours here: beyond a day the no-progress timer of do asks once more. */
static unsigned lines_of(struct arena *arena, const char *fault, const char *size)
{
	char text[1024];

	arena_reset(arena);
	snprintf(text, sizeof text, "id: 9999-link\ntitle: long\ndialect: do\n---\nlink lan bandwidth=100m loss=0.01%%\nserve /f0 size=%s etag=\"a\"%s times=1\n"
		"serve /f0 size=%s etag=\"a\"\nserve /f1 size=%s\ndo job.create as=j0\ndo job.add_file j0 url=$S/f0 local=$W/f0\ndo job.create as=j1\ndo job.add_file j1 url=$S/f1 local=$W/f1\n"
		"do job.resume j0\ndo job.resume j1\nwithin 90d state j0 = TRANSFERRED\nwithin 90d state j1 = TRANSFERRED\n", size, fault, size, size);
	return play(arena, text)->count;
}

static void a_long_file_costs_no_more_events_than_a_short_one(void **state)
{
	assert_int_equal(lines_of(*state, "", "1m"), lines_of(*state, "", "100g"));
	assert_int_equal(lines_of(*state, " fault=reset@1000", "1m"), lines_of(*state, " fault=reset@1000", "100g"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_max_min_fair),
		cmocka_unit_test(a_share_that_is_known),
		cmocka_unit_test(loss_is_goodput),
		cmocka_unit_test(silence_doubles_with_each_loss),
		cmocka_unit_test(jitter_is_between_nothing_and_all_of_it),
		cmocka_unit_test(there_are_so_many_links_and_no_more),
		cmocka_unit_test(one_flow_has_all),
		cmocka_unit_test(two_flows_have_half_each),
		cmocka_unit_test(flows_start_and_stop),
		cmocka_unit_test(a_throttled_flow_leaves_the_rest),
		cmocka_unit_test(a_bandwidth_that_does_not_divide),
		cmocka_unit_test(chance_does_not_break_it),
		cmocka_unit_test(a_link_that_changes_counts_at_once),
		cmocka_unit_test(a_long_file_costs_no_more_events_than_a_short_one),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("link", tests, arena_state_setup, arena_state_teardown);
}
