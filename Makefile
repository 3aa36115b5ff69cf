# pipelens-report: pipeline run logs in, reports out. `make help` lists targets and variables.
# CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR, BUILD, SAN and V belong to the user; what the project needs is in ALL_*.

VERSION := $(shell sed -n 's/^\#define PIPELENS_VERSION  *"\(.*\)"/\1/p' src/track/pipelens.h)
BROWSER ?= yes

.DEFAULT_GOAL = all

ifneq ($(filter deps,$(MAKECMDGOALS)),)
# `make deps demo`: what follows deps is made by a second make, which finds the libraries that deps has installed.
AFTER_DEPS = $(filter-out deps,$(MAKECMDGOALS))
.PHONY: deps after-deps $(AFTER_DEPS)
deps:
	@BROWSER='$(BROWSER)' sh .ci/deps
after-deps: deps
	@$(if $(AFTER_DEPS),$(MAKE) --no-print-directory $(AFTER_DEPS),:)
$(AFTER_DEPS): after-deps
	@:
else

# Make's built-in CC is cc; `?=` would keep a `cc` that nobody chose, so look where the value comes from.
ifeq ($(origin CC),default)
CC = cc
endif
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DOCDIR ?= $(PREFIX)/share/doc/pipelens-report
BUILD ?= build
CFLAGS ?= -O2 -g
LDFLAGS ?=
PKG_CONFIG ?= pkg-config
INSTALL ?= install
SAN ?=
WERROR ?=
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
T ?=
V ?=
Q = $(if $(V),,@)

PACKAGES = libcjson cairo cairo-ft freetype2 libpng zlib libdeflate libcmark libutf8proc
DEP_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
DEP_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
TEST_LIBS = $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null || echo -lcmocka)

WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wwrite-strings -Wvla \
    $(if $(WERROR),-Werror)
SAN_FLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -DARENA_DEBUG)
ALL_CPPFLAGS = -std=c17 -D_POSIX_C_SOURCE=200809L -Isrc -I$(BUILD)/gen -DVERSION='"$(VERSION)"' $(DEP_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = $(ALL_CPPFLAGS) $(WARN) $(SAN_FLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SAN_FLAGS) $(LDFLAGS)
ALL_LIBS = $(DEP_LIBS) -lm -pthread

GENERATORS = src/layout/widths_gen.c
SOURCES = $(filter-out $(GENERATORS),$(sort $(wildcard src/base/*.c src/event/*.c src/input/*.c src/model/*.c \
    src/layout/*.c src/render/*.c src/cli/*.c)))
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)
BINARY = $(BUILD)/pipelens-report
# The tracking library. SOVERSION is raised when a program that was linked with it would no longer run.
SOVERSION = 0
TRACK_SOURCES = $(sort $(wildcard src/track/*.c))
TRACK_OBJECTS = $(TRACK_SOURCES:%.c=$(BUILD)/%.o)
STATIC_LIBRARY = $(BUILD)/libpipelens.a
SHARED_LIBRARY = $(BUILD)/libpipelens.so.$(SOVERSION)
LIBRARIES = $(STATIC_LIBRARY) $(SHARED_LIBRARY) $(BUILD)/libpipelens.so
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/test_*.c)))
TRACK_TESTS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/track/*.c)))
TEST_TOOLS = $(BUILD)/tests/same_pixels $(BUILD)/tests/scene_dump $(TRACK_TESTS)
TRACK_BENCH = $(BUILD)/tests/bench/track
RAG_SAMPLE = $(BUILD)/samples/rag_pipeline
BENCH_TOOLS = $(BUILD)/tests/bench/generate $(BUILD)/tests/bench/measure

.PHONY: all deps demo check golden pictures bench lint format install uninstall clean help FORCE
all: $(BINARY) $(LIBRARIES)

deps:
	@BROWSER='$(BROWSER)' sh .ci/deps

$(BINARY): $(OBJECTS) $(BUILD)/src/main.o $(STATIC_LIBRARY)
	@$(if $(V),,echo "  LINK  $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# --- the tracking library: libc and threads only, one set of objects for both forms ---

$(TRACK_OBJECTS): private ALL_CFLAGS += -fPIC -fvisibility=hidden -pthread

$(STATIC_LIBRARY): $(TRACK_OBJECTS)
	@$(if $(V),,echo "  AR    $@")
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# A plugin that is closed must not take the code away from under a thread that flushes: nodelete.
$(SHARED_LIBRARY): $(TRACK_OBJECTS)
	@$(if $(V),,echo "  LINK  $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,nodelete -o $@ $^ -pthread

$(BUILD)/libpipelens.so: $(SHARED_LIBRARY)
	@ln -sf $(<F) $@

$(BUILD)/%.o: %.c $(BUILD)/flags.stamp
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC    $<")
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Everything is compiled again when the flags change; without the libraries there is nothing to compile with.
$(BUILD)/flags.stamp: export FLAGS = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(ALL_LIBS)
$(BUILD)/flags.stamp: FORCE
	@mkdir -p $(@D)
	@$(PKG_CONFIG) --print-errors --exists $(PACKAGES) || { echo "A library is missing: \`make deps\` installs it." >&2; exit 1; }
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || printf '%s\n' "$$FLAGS" > $@

# A template as the bytes of an array, with nothing but POSIX tools.
$(BUILD)/gen/%.inc: templates/%
	@mkdir -p $(@D)
	@test -s $< || { echo "$<: empty template" >&2; exit 1; }
	@od -v -An -to1 $< | sed 's/ \([0-7]\{3\}\)/0\1,/g' > $@

# The page's script and style are these files in this order, the script without its comments and indentation (the
# program takes those of style sheets away, which may be the user's own). What is declared comes before what runs at once
# and needs it; paper has the last word.
PAGE_SCRIPTS = format dom data store view textindex regexp query search toolbar rows table json changes panel \
    range axis bars overview card ruler timeline gestures drawing stats route report
PAGE_STYLES = report steps work timeline graph sections panel print
BYTES = od -v -An -to1 | sed 's/ \([0-7]\{3\}\)/0\1,/g' > $@
STRIPPED = awk -f templates/strip.awk $(filter %.js,$^) | $(BYTES)
$(BUILD)/gen/page.js.inc: $(PAGE_SCRIPTS:%=templates/%.js) templates/strip.awk Makefile
	@mkdir -p $(@D) && $(STRIPPED)
$(BUILD)/gen/page.css.inc: $(PAGE_STYLES:%=templates/%.css) Makefile
	@mkdir -p $(@D) && awk 'FNR == 1 { n = split(FILENAME, path, "/"); printf "\f%s\n", path[n] } { print }' \
	    $(filter %.css,$^) | $(BYTES)
$(BUILD)/gen/google.js.inc: $(BUILD)/gen/%.inc: templates/% templates/strip.awk
	@mkdir -p $(@D) && $(STRIPPED)

# The first compile does not know from a .d file yet what assets.c includes.
ASSETS = $(patsubst templates/%,%.inc,$(wildcard templates/*.html)) page.js.inc page.css.inc google.js.inc paper.css.inc card.css.inc
$(BUILD)/src/render/assets.o: $(ASSETS:%=$(BUILD)/gen/%)

# The advance widths of the embedded fonts, for layout: regular, bold, fallback.
FONTS = templates/fonts/OpenSans-Regular.ttf templates/fonts/OpenSans-Semibold.ttf templates/fonts/DroidSansFallbackFull.ttf \
        templates/fonts/DejaVuSans.ttf
$(BUILD)/gen/widths_gen: $(GENERATORS) $(BUILD)/flags.stamp
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(ALL_LIBS)
$(BUILD)/gen/font_widths.inc: $(BUILD)/gen/widths_gen $(FONTS)
	@$(BUILD)/gen/widths_gen $(FONTS) > $@.new && mv $@.new $@
$(BUILD)/src/layout/metrics.o: $(BUILD)/gen/font_widths.inc
# The fonts themselves are put into the program by the assembler, which no .d file tells.
$(BUILD)/src/render/font.o: $(FONTS)

# --- tests ---

$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(OBJECTS) $(STATIC_LIBRARY)
	@$(if $(V),,echo "  LINK  $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(TEST_LIBS)
.SECONDARY: $(UNIT_TESTS:=.o)

$(BUILD)/tests/same_pixels: $(BUILD)/tests/same_pixels.o
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/tests/scene_dump: $(BUILD)/tests/scene_dump.o $(OBJECTS) $(STATIC_LIBRARY)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Programs that use the tracking library as others do. tests/track.sh runs them.
$(TRACK_TESTS) $(TRACK_BENCH): $(BUILD)/%: $(BUILD)/%.o $(STATIC_LIBRARY)
	$(Q)$(CC) $(ALL_LDFLAGS) $(TRACK_LDFLAGS) -o $@ $^ -pthread -lm
# Functions of the C library that a test puts its own in place of.
$(BUILD)/tests/track/memory: TRACK_LDFLAGS = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
.SECONDARY: $(TEST_TOOLS:=.o)

# T=name runs the suites whose name contains it: make check T=golden
check: $(BINARY) $(LIBRARIES) $(UNIT_TESTS) $(TEST_TOOLS) $(RAG_SAMPLE)
	@BUILD='$(BUILD)' SAN='$(SAN)' JOBS='$(JOBS)' MAKE='$(MAKE)' sh tests/run $(T)

golden: $(BINARY) $(TEST_TOOLS)
	@BUILD='$(BUILD)' sh tests/golden.sh --write

# --- what a newcomer and the README show ---

$(RAG_SAMPLE).o: private ALL_CFLAGS += -Isrc/track
$(RAG_SAMPLE): $(RAG_SAMPLE).o $(STATIC_LIBRARY)
	@$(if $(V),,echo "  LINK  $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -pthread -lm
.SECONDARY: $(RAG_SAMPLE).o

demo: $(BINARY) $(RAG_SAMPLE)
	@CC='$(CC)' sh samples/demo.sh $(BINARY) $(RAG_SAMPLE) $(BUILD)/demo

pictures: $(BINARY)
	@sh samples/pictures/make.sh $(BINARY) $(BUILD)/pictures

# --- speed ---

$(BENCH_TOOLS): $(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm
.SECONDARY: $(BENCH_TOOLS:=.o)

bench: $(BINARY) $(BENCH_TOOLS) $(TRACK_BENCH)
	@BUILD='$(BUILD)' sh tests/bench/run.sh

# --- care of the sources ---

lint: $(BUILD)/gen/font_widths.inc $(ASSETS:%=$(BUILD)/gen/%)
	@FLAGS='$(filter-out -DVERSION%,$(ALL_CPPFLAGS))' sh tests/lint.sh $(SOURCES) $(TRACK_SOURCES) src/main.c

format:
	clang-format -i $(wildcard src/*.c src/*/*.[ch] tests/*.c tests/*/*.[ch] samples/*.[ch] samples/*/*.[ch])

# --- install ---

DOCUMENTS = README.md LICENSE
FONT_DOCUMENTS = $(sort $(wildcard templates/fonts/*.md templates/fonts/*.txt templates/fonts/LICENSE*))

install: $(BINARY) $(LIBRARIES)
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(DOCDIR)/fonts'
	$(INSTALL) -m 755 $(BINARY) '$(DESTDIR)$(BINDIR)/pipelens-report'
	$(INSTALL) -m 644 src/track/pipelens.h '$(DESTDIR)$(INCLUDEDIR)'
	$(INSTALL) -m 644 $(STATIC_LIBRARY) $(SHARED_LIBRARY) '$(DESTDIR)$(LIBDIR)'
	ln -sf $(notdir $(SHARED_LIBRARY)) '$(DESTDIR)$(LIBDIR)/libpipelens.so'
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
	    src/track/pipelens.pc.in > '$(DESTDIR)$(LIBDIR)/pkgconfig/pipelens.pc'
	$(INSTALL) -m 644 $(DOCUMENTS) '$(DESTDIR)$(DOCDIR)'
	$(if $(FONT_DOCUMENTS),$(INSTALL) -m 644 $(FONT_DOCUMENTS) '$(DESTDIR)$(DOCDIR)/fonts')
	-@[ -n '$(DESTDIR)' ] || [ "$$(id -u)" != 0 ] || ! command -v ldconfig >/dev/null || ldconfig

# Takes back what install put there; in a DESTDIR also the directories that are empty then.
uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/pipelens-report' '$(DESTDIR)$(INCLUDEDIR)/pipelens.h'
	cd '$(DESTDIR)$(LIBDIR)' 2>/dev/null && rm -f $(notdir $(STATIC_LIBRARY) $(SHARED_LIBRARY)) libpipelens.so pkgconfig/pipelens.pc || :
	-@cd '$(DESTDIR)$(DOCDIR)' 2>/dev/null && rm -f $(DOCUMENTS) $(FONT_DOCUMENTS:templates/fonts/%=fonts/%) && rmdir fonts
	-@rmdir '$(DESTDIR)$(DOCDIR)' 2>/dev/null || :
	-@[ -z '$(DESTDIR)' ] || { cd '$(DESTDIR)' && \
	    rmdir -p '.$(BINDIR)' '.$(LIBDIR)/pkgconfig' '.$(INCLUDEDIR)' '.$(dir $(DOCDIR))'; } 2>/dev/null || :

clean:
	rm -rf $(BUILD)

help:
	@printf '%s\n' \
	    'Targets' \
	    '  all         build $(BINARY) and libpipelens (the default)' \
	    '  deps        install what building and testing need (apt, dnf, pacman, apk, brew); nothing when all is there' \
	    '  demo        run the live samples, render their logs and those in samples/ into $(BUILD)/demo, print the paths' \
	    '  check       run every test; T=name for the suites whose name contains it' \
	    '  golden      write tests/golden anew from the current program; then read `git diff`' \
	    '  pictures    make the pictures of the README anew' \
	    '  bench       measure speed and memory on logs of 20 to 100,000 steps' \
	    '  lint        include layers, clang-tidy, cppcheck, shellcheck, tsc (those that are there)' \
	    '  format      clang-format all C sources' \
	    '  install     install to $$(DESTDIR)$$(PREFIX);  uninstall takes it back' \
	    '  clean       remove $(BUILD)' \
	    'Variables (make NAME=value)' \
	    '  BUILD       where everything is built          now: $(BUILD)' \
	    '  CC CFLAGS CPPFLAGS LDFLAGS                      now: $(CC), $(CFLAGS)' \
	    '  SAN         sanitizers, e.g. address,undefined  (use with BUILD=build/san)' \
	    '  WERROR=1    warnings are errors' \
	    '  PREFIX BINDIR LIBDIR INCLUDEDIR DOCDIR DESTDIR  now: $(PREFIX), $(BINDIR), $(LIBDIR), …, $(if $(DESTDIR),$(DESTDIR),none)' \
	    '  PKG_CONFIG INSTALL JOBS                         now: $(PKG_CONFIG), $(INSTALL), $(JOBS)' \
	    '  BROWSER=no  deps leaves out what only the browser tests need' \
    '  V=1         print whole commands'

-include $(OBJECTS:.o=.d) $(TRACK_OBJECTS:.o=.d) $(BUILD)/src/main.d $(UNIT_TESTS:=.d) $(TEST_TOOLS:=.d) $(BENCH_TOOLS:=.d) $(TRACK_BENCH:=.d) $(RAG_SAMPLE).d
endif
