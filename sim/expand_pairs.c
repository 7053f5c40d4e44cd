/* expand_pairs.c -- covering arrays of strength 2, in parameter order (Lei and Tai, 1998). */
#include "sim/expand.h"

#include <assert.h>
#include <string.h>

#define ANY EXPAND_VALUES_MAX   /* no value chosen yet */

struct growing {
	const unsigned *counts;
	unsigned (*rows)[EXPAND_VARIABLES_MAX];
	unsigned rows_count, max;
	/* Pairs of the newest variable with those before it that no row has. */
	bool open[EXPAND_VARIABLES_MAX][EXPAND_VALUES_MAX][EXPAND_VALUES_MAX];
	unsigned open_count;
};

static void close_pairs(struct growing *growing, const unsigned *row, unsigned newest)
{
	for (unsigned v = 0; v < newest; v++) {
		if (row[v] == ANY || row[newest] == ANY || !growing->open[v][row[v]][row[newest]]) continue;
		growing->open[v][row[v]][row[newest]] = false;
		growing->open_count--;
	}
}

static unsigned gain(const struct growing *growing, const unsigned *row, unsigned newest, unsigned value)
{
	unsigned count = 0;

	for (unsigned v = 0; v < newest; v++) count += row[v] != ANY && growing->open[v][row[v]][value];
	return count;
}

/* Each row there is gets the value that closes most pairs. */
static void grow_sideways(struct growing *growing, unsigned newest)
{
	for (unsigned r = 0; r < growing->rows_count; r++) {
		unsigned *row = growing->rows[r], best = 0;
		for (unsigned value = 1; value < growing->counts[newest]; value++)
			if (gain(growing, row, newest, value) > gain(growing, row, newest, best)) best = value;
		row[newest] = gain(growing, row, newest, best) ? best : ANY;
		close_pairs(growing, row, newest);
	}
}

/* A row that can take the pair as it is, or a new one; NULL: no room. */
static unsigned *row_for(struct growing *growing, unsigned variable, unsigned value, unsigned newest, unsigned new_value)
{
	for (unsigned r = 0; r < growing->rows_count; r++) {
		unsigned *row = growing->rows[r];
		if ((row[variable] == ANY || row[variable] == value) && (row[newest] == ANY || row[newest] == new_value)) return row;
	}
	if (growing->rows_count == growing->max) return NULL;
	unsigned *row = growing->rows[growing->rows_count++];
	for (unsigned v = 0; v < EXPAND_VARIABLES_MAX; v++) row[v] = ANY;
	return row;
}

static bool grow_down(struct growing *growing, unsigned newest)
{
	for (unsigned v = 0; v < newest && growing->open_count; v++)
		for (unsigned value = 0; value < growing->counts[v]; value++)
			for (unsigned other = 0; other < growing->counts[newest]; other++) {
				if (!growing->open[v][value][other]) continue;
				unsigned *row = row_for(growing, v, value, newest, other);
				if (!row) return false;
				row[v] = value;
				row[newest] = other;
				close_pairs(growing, row, newest);
			}
	return true;
}

static bool add_variable(struct growing *growing, unsigned newest)
{
	growing->open_count = 0;
	for (unsigned v = 0; v < newest; v++)
		for (unsigned value = 0; value < growing->counts[v]; value++)
			for (unsigned other = 0; other < growing->counts[newest]; other++, growing->open_count++) growing->open[v][value][other] = true;
	grow_sideways(growing, newest);
	return grow_down(growing, newest);
}

unsigned expand_pairs(const unsigned *counts, unsigned variables_count, unsigned (*rows)[EXPAND_VARIABLES_MAX], unsigned max)
{
	struct growing growing = { .counts = counts, .rows = rows, .max = max };

	assert(variables_count && variables_count <= EXPAND_VARIABLES_MAX);
	for (unsigned value = 0; value < counts[0]; value++) {
		if (growing.rows_count == max) return 0;
		for (unsigned v = 0; v < EXPAND_VARIABLES_MAX; v++) rows[value][v] = ANY;
		rows[growing.rows_count++][0] = value;
	}
	for (unsigned newest = 1; newest < variables_count; newest++)
		if (!add_variable(&growing, newest)) return 0;
	for (unsigned r = 0; r < growing.rows_count; r++)
		for (unsigned v = 0; v < variables_count; v++)
			if (rows[r][v] == ANY) rows[r][v] = 0;
	return growing.rows_count;
}
