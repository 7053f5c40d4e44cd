/* clock.h -- the clocks of the client machine: each goes as the time of the simulation does until it jumps, drifts or stops.
 *
 * wall: what people and servers call the time. boot: time since the machine started. monotonic: the same, but for the time that the machine
 * slept. */
#ifndef BGCHECK_SIM_CLOCK_H
#define BGCHECK_SIM_CLOCK_H

#include <stdint.h>

#define CLOCK_DRIFT_MAX 100000 /* millionths, either way */
#define CLOCK_NEVER INT64_MAX

enum clock_kind { CLOCK_WALL, CLOCK_BOOT, CLOCK_MONOTONIC, CLOCKS };

struct clock {
	int64_t at_ns, reads_ns;  /* it read so much at that time of the simulation */
	int64_t drift;            /* millionths that it gains since */
};

/* What it reads at now_ns >= clock->at_ns. Does not fall while time goes on. */
int64_t clock_read(const struct clock *clock, int64_t now_ns);
/* The first time at which it reads reading_ns or more; CLOCK_NEVER for CLOCK_NEVER. */
int64_t clock_when(const struct clock *clock, int64_t reading_ns);

void clock_jump(struct clock *clock, int64_t now_ns, int64_t by_ns);
void clock_set_drift(struct clock *clock, int64_t now_ns, int64_t drift);
/* It stands still from now_ns on for that long. */
void clock_stop(struct clock *clock, int64_t now_ns, int64_t for_ns);

#endif
