# Goals: `make help`. Rooms are folders; everything that is made lies in build/.
VERSION  := 0.1.0
PYTHON   := /usr/bin/python3
BUILD    ?= build
CC       := gcc
# Whole programs are optimized when they are linked; tests are linked from the same objects without it.
OPT      ?= -O3 -flto=2 -ffat-lto-objects
WARN     := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wno-unknown-warning-option -Wno-format-truncation -Werror
CPPFLAGS += -D_GNU_SOURCE -DBGCHECK_VERSION='"$(VERSION)"' -I.
CFLAGS   += -std=c11 -g -pthread $(OPT) $(WARN)
# Most of a judge's time is comparing words with literals: gcc does it in place when told to (clang does by itself).
CFLAGS   += $(if $(findstring gcc,$(CC)),--param builtin-string-cmp-inline-length=40)
LDLIBS   += -ljansson -levent_core -levent_extra
MINGW    := x86_64-w64-mingw32-gcc
V        ?=
Q        := $(if $(V),,@)
say       = $(if $(V),,@echo '  $(1) $@')
T        ?=
F        ?=
S        ?=
ifdef SAN
BUILD    := $(BUILD)/san
OPT      := -O2
CFLAGS   += -fsanitize=address,undefined -fno-sanitize-recover=all
endif

PACKAGES      := gcc libc6-dev spin libcmocka-dev libjansson-dev libevent-dev python3 python3-jinja2 graphviz clang lcov faketime libfaketime
PACKAGES_WINE := wine wine64 gcc-mingw-w64-x86-64-win32
PACKAGES_CLUSTER := slurm-wlm munge parallel
PACKAGES_QUEUE := g++ pkg-config libuv1-dev libns3-dev libgsl-dev python3-simpy3

MODEL       := $(sort $(wildcard model/*.c))
SIM         := $(sort $(wildcard sim/*.c))
CONFORMANCE := $(sort $(filter-out conformance/main.c,$(wildcard conformance/*.c)))
ROOMS       := $(MODEL) $(SIM) $(CONFORMANCE)
OBJECTS     := $(ROOMS:%.c=$(BUILD)/%.o)
TEST_SOURCE := $(sort $(wildcard */test/*_test.c))
TEST_PARTS  := $(sort $(filter-out $(TEST_SOURCE),$(wildcard */test/*.c)))
TESTS       := $(TEST_SOURCE:%.c=$(BUILD)/%)
SCRIPTS     := $(sort $(wildcard conformance/test/*_test.sh))
COM         := $(sort $(wildcard conformance/kit/com/*.c))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all campaign cluster-demo test check check-wine bench-explore bench-queue bench-sim demo report cover bless clean help

all: $(BUILD)/bgcheck ## build the tool

$(BUILD)/bgcheck: $(BUILD)/conformance/main.o $(BUILD)/libbgcheck.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libbgcheck.a: $(OBJECTS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/%.o: %.c Makefile | $(BUILD)/.packages
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# gcc's greater efforts make the queue slower by a fifth (make bench-queue).
$(BUILD)/sim/queue.o $(BUILD)/sim/bench/events/bench_queue.o: OPT := $(subst -O3,-O2,$(OPT))

$(BUILD)/libtest.a: $(TEST_PARTS:%.c=$(BUILD)/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(TESTS): %: %.o $(BUILD)/libtest.a $(BUILD)/libbgcheck.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(if $(findstring -flto,$(OPT)),-fno-lto) -o $@ $< $(BUILD)/libtest.a $(BUILD)/libbgcheck.a -lcmocka $(LDLIBS)

test: WANTED = $(if $(T),$(filter %/$(T)_test,$(TESTS)),$(TESTS))
test: $(TESTS) $(BUILD)/bgcheck ## run the tests of one unit: make test T=job F='resume*'
	@$(if $(WANTED),,echo "no unit is called $(T)"; exit 1)
	@for t in $(WANTED); do $$t $(if $(F),'$(F)') || exit 1; done

check: $(TESTS) $(BUILD)/bgcheck ## build with warnings as errors and run every test
	@BUILD=$(BUILD) PYTHON=$(PYTHON) conformance/test/check.sh $(TESTS) $(SCRIPTS) reports/test/report_test.py

demo: $(BUILD)/bgcheck ## the suite on the reference and on one known-bad mutant, and the report
	@BUILD=$(BUILD) PYTHON=$(PYTHON) reports/demo.sh

report: demo ## the same

$(BUILD)/com/bgcom.exe: $(COM) $(wildcard conformance/kit/com/*.h) | $(BUILD)/.packages-wine
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(MINGW) -std=c11 -O2 -Wall -Wextra -Werror -o $@ $(COM) -lole32 -loleaut32 -luuid -lversion

check-wine: $(BUILD)/bgcheck $(BUILD)/com/bgcom.exe ## run the suite on Wine's BITS against its file of known deviations
	@BUILD=$(BUILD) PYTHON=$(PYTHON) conformance/test/check_wine.sh

bench-explore: $(BUILD)/bgcheck ## race the explorer against SPIN: ratios, exit 1 when one is missed
	@BUILD=$(BUILD) PYTHON=$(PYTHON) sim/bench/explore.sh

$(BUILD)/bench-queue/bench_queue: $(BUILD)/sim/bench/events/bench_queue.o $(BUILD)/libbgcheck.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

bench-queue: $(BUILD)/bench-queue/bench_queue | $(BUILD)/.packages-queue ## race the event queue against C, libuv, ns-3, SimPy: ratios, exit 1 when one is missed
	@$(PYTHON) sim/bench/queue.py $(<D)

$(BUILD)/bench-sim: $(BUILD)/conformance/bench/sim.o $(BUILD)/libbgcheck.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

campaign: $(BUILD)/bgcheck ## the figures of campaigns and of shrink: exit 1 when one is missed
	@BUILD=$(BUILD) PYTHON=$(PYTHON) conformance/campaign/figures.sh

cluster-demo: $(BUILD)/bgcheck | $(BUILD)/.packages-cluster ## one campaign in one process, as a Slurm array job, and through GNU parallel: identical
	@BUILD=$(BUILD) PYTHON=$(PYTHON) conformance/campaign/cluster_demo.sh

bench-sim: $(BUILD)/bench-sim ## lines of trace that are made and judged a second: exit 1 when there are too few
	@$< fixtures/scenario 20

cover: | $(BUILD)/.packages ## line coverage of the tests by lcov: build/cov/index.html
	@BUILD=$(BUILD) MAKE='$(MAKE)' reports/cover.sh

bless: $(BUILD)/bgcheck ## write the reference's trace below ==== : make bless S=0012
	$(BUILD)/bgcheck bless '$(S)*'

clean: ## remove everything that was made
	rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

# Stamps: packages that are missing are installed once, and said.
$(BUILD)/.packages: Makefile
	@mkdir -p $(@D)
	@conformance/test/packages.sh $(PACKAGES)
	@touch $@
$(BUILD)/.packages-wine: Makefile
	@mkdir -p $(@D)
	@conformance/test/packages.sh $(PACKAGES_WINE)
	@touch $@
$(BUILD)/.packages-queue: Makefile
	@mkdir -p $(@D)
	@conformance/test/packages.sh $(PACKAGES_QUEUE)
	@touch $@

$(BUILD)/.packages-cluster: Makefile
	@mkdir -p $(@D)
	@conformance/test/packages.sh $(PACKAGES_CLUSTER)
	@touch $@

-include $(patsubst %.c,$(BUILD)/%.d,$(ROOMS) $(TEST_SOURCE) $(TEST_PARTS) conformance/main.c sim/bench/events/bench_queue.c conformance/bench/sim.c)
