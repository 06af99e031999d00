# Yiheng.  A new file needs no edit here:
#   src/**/X.c        the library (base, model, engine) or the program (the rest); main.c only the program
#   src/**/X_test.c   the one test binary          fuzz/fuzz_X.c   a libFuzzer target
#   bench/X.c         a benchmark program          tests/X.sh      a whole-program test (./yh check)
# make all | check [FILTER=word] | san | fuzz [SECONDS=60] | soak | bench | tidy | golden | install | clean
# V=1 shows the commands; CC=clang and BUILD=dir choose another compiler and place.

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all check san fuzz fuzz-targets soak bench bench-targets tidy order golden install clean FORCE

ifeq ($(origin CC),default)
CC = gcc
endif
BUILD   ?= build
PREFIX  ?= /usr/local
SECONDS ?= 60
OPT     ?= -O2 -g
SAN     ?=
Q       := $(if $(V),,@)
SAY     := $(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-5s %s\n')

WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
       -Wwrite-strings -Wvla -Wundef -Wnested-externs -Wno-missing-field-initializers \
       -Wno-unknown-warning-option
PKGS = libmicrohttpd sqlite3 libcrypto libargon2 xlsxwriter libzip zlib expat
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS        = $(shell pkg-config --libs $(PKGS)) -lpthread -lm
CFLAGS  ?=
ALL_CFLAGS = -std=gnu17 $(OPT) $(WARN) -fPIC -fno-semantic-interposition -fno-strict-aliasing \
             $(SAN) $(CFLAGS)
ALL_CPPFLAGS = -Isrc $(PKG_CFLAGS) $(CPPFLAGS)

SRC       := $(sort $(shell find src -name '*.c'))
TEST_SRC  := $(filter %_test.c src/base/test_main.c,$(SRC))
MAIN_SRC  := $(filter %/main.c,$(SRC))
CODE_SRC  := $(filter-out $(TEST_SRC) $(MAIN_SRC),$(SRC))
PURE_SRC  := $(filter src/base/% src/model/% src/engine/%,$(CODE_SRC))
FUZZ_SRC  := $(sort $(wildcard fuzz/fuzz_*.c))
BENCH_SRC := $(sort $(wildcard bench/*.c))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

all: $(BUILD)/yiheng $(BUILD)/libyiheng.a $(BUILD)/libyiheng.so

# The command line is part of what an object depends on.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS)' | cmp -s - $@ || \
	 echo '$(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS)' > $@

# The pure layers are compiled without the system's extensions.
pure = $(if $(filter-out %_test.c src/base/test_main.c,$(filter src/base/% src/model/% src/engine/%,$(1))),,-D_GNU_SOURCE)
$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D); $(SAY) CC $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(call pure,$<) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# A list that changes when a source comes or goes, so that archives forget what was deleted.
$(BUILD)/sources: FORCE
	@mkdir -p $(@D); echo '$(SRC)' | cmp -s - $@ || echo '$(SRC)' > $@

$(BUILD)/libyiheng.a: $(call obj,$(PURE_SRC)) $(BUILD)/sources
	@$(SAY) AR $@
	$(Q)rm -f $@; ar rcs $@ $(filter %.o,$^)

# Nothing but libc: --no-undefined refuses the rest.
$(BUILD)/libyiheng.so: $(call obj,$(PURE_SRC)) $(BUILD)/sources
	@$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -shared -Wl,-soname,libyiheng.so.0 $(if $(SAN),,-Wl,--no-undefined) \
	  -o $@ $(filter %.o,$^)

$(BUILD)/yiheng: $(call obj,$(CODE_SRC) $(MAIN_SRC)) $(BUILD)/sources
	@$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -rdynamic -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/yiheng-test: $(call obj,$(CODE_SRC) $(TEST_SRC)) $(BUILD)/sources
	@$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $(filter %.o,$^) $(LIBS) -lcmocka

$(BUILD)/rest.a: $(call obj,$(CODE_SRC)) $(BUILD)/sources
	@$(SAY) AR $@
	$(Q)rm -f $@; ar rcs $@ $(filter %.o,$^)

$(BUILD)/fuzz/%: $(BUILD)/obj/fuzz/%.o $(BUILD)/rest.a
	@mkdir -p $(@D); $(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $< $(BUILD)/rest.a $(LIBS)

$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/rest.a
	@mkdir -p $(@D); $(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< $(BUILD)/rest.a $(LIBS)

check: $(BUILD)/yiheng-test $(BUILD)/yiheng
	@$(BUILD)/yiheng-test $(FILTER)

clean:
	rm -rf $(BUILD)

.SECONDARY:
-include $(shell test -d $(BUILD)/obj && find $(BUILD)/obj -name '*.d')
