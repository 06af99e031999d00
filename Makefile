# Yiheng.  A new file needs no edit here:
#   src/**/X.c        the library (base, model, engine) or the program (the rest); main.c only the program
#   src/**/X_test.c   the one test binary          fuzz/fuzz_X.c   a libFuzzer target
#   bench/X.c         a benchmark program          tests/X.sh      a whole-program test (./yh check)
#   tests/X.c         a program that a test script builds and runs (make build/tests/X)
# make all | check [FILTER=word] | san | fuzz [SECONDS=60] | soak | bench | tidy | syntax | format | golden |
# install [PREFIX=/usr/local DESTDIR=] | clean
# V=1 shows the commands; CC=clang and BUILD=dir choose another compiler and place.

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all check san fuzz fuzz-targets soak bench bench-targets ext wasm tidy syntax order format golden install clean FORCE

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
PKGS = libmicrohttpd sqlite3 libpq libcrypto libargon2 xlsxwriter libzip zlib expat
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# Paper (src/shell/pdf) alone sees the many headers of pango.
PDF_PKGS = pangocairo libqrencode
PDF_CFLAGS := $(shell pkg-config --cflags $(PDF_PKGS) 2>/dev/null)
LIBS        = $(shell pkg-config --libs $(PKGS) $(PDF_PKGS)) -lpthread -lm
CFLAGS  ?=
ALL_CFLAGS = -std=gnu17 $(OPT) $(WARN) -fPIC -fno-semantic-interposition -fno-strict-aliasing \
             $(SAN) $(CFLAGS)
ALL_CPPFLAGS = -Isrc -Iinclude $(PKG_CFLAGS) $(CPPFLAGS)

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

$(call obj,$(filter src/shell/pdf/pdf.c,$(SRC))): ALL_CPPFLAGS += $(PDF_CFLAGS)

# What decides a bill is a sixth faster so; elsewhere it is only larger.
HOT := $(filter src/engine/benefit/%,$(CODE_SRC))
$(call obj,$(HOT)): OPT := $(subst -O2,-O3,$(OPT))

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

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/rest.a
	@mkdir -p $(@D); $(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< $(BUILD)/rest.a $(LIBS)

# The engine for browsers: the calculator of the handbook (shell/handbook).
wasm:
	@$(SAY) MAKE ext/wasm
	$(Q)$(MAKE) --no-print-directory -s -C ext/wasm BUILD=$(abspath $(BUILD))

# The engine inside databases.  lines_table.c is compiled again: inside SQLite it must call the
# host's own functions, not a second library's.
ext: $(BUILD)/ext/yiheng.so $(BUILD)/rest.a
	@$(SAY) MAKE ext/postgres
	$(Q)$(MAKE) --no-print-directory -s -C ext/postgres BUILD=$(abspath $(BUILD))
$(BUILD)/ext/yiheng.so: ext/sqlite/yiheng.c src/store/sqlite/lines_table.c $(BUILD)/rest.a
	@mkdir -p $(@D); $(SAY) LINK $@
	$(Q)$(CC) $(ALL_CPPFLAGS) -D_GNU_SOURCE $(ALL_CFLAGS) -shared -o $@ \
	  ext/sqlite/yiheng.c -include ext/sqlite/host.h src/store/sqlite/lines_table.c \
	  $(BUILD)/rest.a -Wl,--exclude-libs,ALL -lz

order: $(BUILD)/libyiheng.a
	@tools/order.sh $(BUILD)/libyiheng.a

check: order $(BUILD)/yiheng-test $(BUILD)/yiheng
	@$(BUILD)/yiheng-test $(FILTER)

# The tests again with every access, overflow and shift watched, in a build of their own.  There gcc warns of
# what is not (clobbered, truncated): warnings are errors in the plain builds alone.  tools/leaks.supp names
# what the libraries of paper leave behind; pdf_test.c bounds it in the plain builds.
san:
	@$(MAKE) --no-print-directory BUILD=build/san OPT='-O1 -g -fno-omit-frame-pointer' \
	  SAN='-fsanitize=address,undefined -fno-sanitize-recover=all -Wno-error' build/san/yiheng-test
	@LSAN_OPTIONS=suppressions=tools/leaks.supp build/san/yiheng-test $(FILTER)

# Each target for SECONDS; what it found interesting is kept in build/fuzz-corpus, a crash fails.
# FILTER chooses targets by name.
fuzz:
	@$(MAKE) --no-print-directory CC=clang BUILD=build/fuzzing OPT='-O1 -g' \
	  SAN='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all' fuzz-targets
	@for t in $(patsubst fuzz/%.c,%,$(FUZZ_SRC)); do \
	  case $$t in *$(FILTER)*) ;; *) continue ;; esac; \
	  mkdir -p build/fuzz-corpus/$$t; seeds=; [ ! -d fuzz/seeds/$$t ] || seeds=fuzz/seeds/$$t; \
	  if build/fuzzing/fuzz/$$t -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz-corpus/$$t- build/fuzz-corpus/$$t $$seeds > build/fuzz-corpus/$$t.log 2>&1; \
	  then printf '%s ok: %s runs in %s s\n' $$t "$$(sed -n 's/^stat::number_of_executed_units: *//p' build/fuzz-corpus/$$t.log)" $(SECONDS); \
	  else tail -40 build/fuzz-corpus/$$t.log; echo "$$t FAILED"; exit 1; fi; done
fuzz-targets: $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))

# The full counts: laws on LAWS cases, and the long whole-program tests.
LAWS ?= 1000000
soak: all $(BUILD)/yiheng-test
	YH_LAW_COUNT=$(LAWS) $(BUILD)/yiheng-test law_
	@for t in $(sort $(wildcard tests/soak-*.sh)); do echo "$$t"; YH_FULL=1 $$t || exit 1; done

bench: bench-targets
	@for t in $(patsubst bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC)); do echo "== $$t"; $$t || exit 1; done
	@for t in $(wildcard bench/*.sh); do echo "== $$t"; bash $$t || exit 1; done
bench-targets: $(patsubst bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC))

# Every source read and warned of as a build does, without one: CC=clang asks the other compiler.
syntax:
	@printf '%s\n' $(SRC) $(FUZZ_SRC) $(BENCH_SRC) | xargs -P2 -n24 \
	  $(CC) $(ALL_CPPFLAGS) $(PDF_CFLAGS) -D_GNU_SOURCE $(ALL_CFLAGS) -fsyntax-only
# What a machine can see of STYLE: layers, modules, layout, unfinished marks.
tidy: $(BUILD)/libyiheng.a
	@tools/order.sh --modules $(BUILD)/libyiheng.a
	@! grep -rnE '\b(TODO|FIXME|XXX)\b' src
	@clang-format --dry-run -Werror $$(find src fuzz bench tests ext -name '*.[ch]')
	@echo tidy
format:
	clang-format -i $$(find src fuzz bench tests ext -name '*.[ch]')

# Golden files are written anew; read their diff like code.
golden: $(BUILD)/yiheng-test
	YH_GOLDEN=record $(BUILD)/yiheng-test $(FILTER)

HEADERS = $(filter-out src/base/test.h %/testing.h,$(shell find src/base src/model src/engine -name '*.h' -o -path 'src/model/*.def' -o -path 'src/engine/*.def'))
install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/lib' '$(DESTDIR)$(PREFIX)/share/yiheng'
	install -m 755 $(BUILD)/yiheng '$(DESTDIR)$(PREFIX)/bin/yiheng'
	install -m 644 $(BUILD)/libyiheng.a '$(DESTDIR)$(PREFIX)/lib/libyiheng.a'
	install -m 755 $(BUILD)/libyiheng.so '$(DESTDIR)$(PREFIX)/lib/libyiheng.so.0'
	ln -sf libyiheng.so.0 '$(DESTDIR)$(PREFIX)/lib/libyiheng.so'
	install -D -m 644 include/yiheng.h '$(DESTDIR)$(PREFIX)/include/yiheng.h'
	@for h in $(HEADERS); do \
	  install -D -m 644 $$h '$(DESTDIR)$(PREFIX)/include/yiheng'/$${h#src/} || exit 1; done
	@for d in $(wildcard catalogs policy rules forms); do \
	  cp -R $$d '$(DESTDIR)$(PREFIX)/share/yiheng/' || exit 1; done
	@[ ! -e web/dist/index.html ] || { rm -rf '$(DESTDIR)$(PREFIX)/share/yiheng/web'; \
	  cp -R web/dist '$(DESTDIR)$(PREFIX)/share/yiheng/web'; }
	@[ ! -e $(BUILD)/yiheng.wasm ] || install -m 644 $(BUILD)/yiheng.wasm '$(DESTDIR)$(PREFIX)/share/yiheng/yiheng.wasm'
	install -m 644 LICENSE NOTICE '$(DESTDIR)$(PREFIX)/share/yiheng/'

clean:
	rm -rf build $(BUILD)

.SECONDARY:
-include $(shell test -d $(BUILD)/obj && find $(BUILD)/obj -name '*.d')
