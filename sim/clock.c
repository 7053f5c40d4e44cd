/* clock.c -- clocks that jump, drift and stop. */
#include "sim/clock.h"

#include <assert.h>

#define MILLION INT64_C(1000000)

int64_t clock_read(const struct clock *clock, int64_t now_ns)
{
	int64_t ns = now_ns - clock->at_ns;

	if (ns <= 0) return clock->reads_ns;
	return clock->reads_ns + ns + ns / MILLION * clock->drift + ns % MILLION * clock->drift / MILLION;
}

int64_t clock_when(const struct clock *clock, int64_t reading_ns)
{
	int64_t ns = reading_ns - clock->reads_ns, rate = MILLION + clock->drift, at_ns;

	if (reading_ns == CLOCK_NEVER) return CLOCK_NEVER;
	if (ns <= 0) return clock->at_ns;
	at_ns = clock->at_ns + ns / rate * MILLION + ns % rate * MILLION / rate;
	/* The division may be off by a few ns, either way. */
	while (at_ns > clock->at_ns && clock_read(clock, at_ns - 1) >= reading_ns) at_ns--;
	while (clock_read(clock, at_ns) < reading_ns) at_ns++;
	return at_ns;
}

void clock_jump(struct clock *clock, int64_t now_ns, int64_t by_ns)
{
	clock->reads_ns = clock_read(clock, now_ns) + by_ns;
	clock->at_ns = now_ns;
}

void clock_set_drift(struct clock *clock, int64_t now_ns, int64_t drift)
{
	assert(drift >= -CLOCK_DRIFT_MAX && drift <= CLOCK_DRIFT_MAX);
	clock_jump(clock, now_ns, 0);
	clock->drift = drift;
}

void clock_stop(struct clock *clock, int64_t now_ns, int64_t for_ns)
{
	clock_jump(clock, now_ns, 0);
	clock->at_ns = now_ns + for_ns;
}
