# suoyin - builds the program, the tests, and runs the main job.
#
#   make            build/suoyin
#   make demo       installs what is missing, indexes corpus/ (or CORPUS=PATH), asks the README's queries
#   make check      installs what is missing, passes all tests
#   make help       the other targets
#
# CC, CFLAGS and LDFLAGS are yours; ours are added. V=1 shows the commands.
# One file for the whole tree: sources are found by folder, so a module.mk in
# each would only repeat the folder's name.

BUILD ?= release
OUT := build/$(BUILD)
CC ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
LIBEXECDIR ?= $(PREFIX)/libexec/suoyin
CORPUS ?= corpus
# `make fuzz`: seconds in all, shared by the targets; FUZZ="docx query" for some of them.
FUZZ_S ?= 600
FUZZ ?=
# `make bench`: 10^6 bytes of text (190: all there is; more: repeated), and which engines (all).
BENCH_MB ?= 50
ENGINES ?=
VERSION := 0.1.0
# Counts what breaks programs linked with libsuoyin.so.
SOVERSION := 0

# Left to the recipes (=, not :=), so that `make deps` runs before pkg-config is asked.
PACKAGES := icu-i18n icu-uc libxml-2.0 libxxhash libzip
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS = $(shell pkg-config --libs $(PACKAGES)) -lm

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
ifeq ($(BUILD),asan)
MODE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(BUILD),debug)
MODE := -O0 -g
else ifeq ($(BUILD),tsan)
MODE := -O1 -g -fsanitize=thread
else ifeq ($(BUILD),fuzz)
CC := clang
# A NULL pointer plus 0 is what an empty buffer gives; C allows it from its next edition on (N3322).
MODE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
ifdef WERROR
WARNINGS += -Werror
endif
SY_CFLAGS = -std=c17 -D_GNU_SOURCE -DSY_VERSION='"$(VERSION)"' $(WARNINGS) -I. -I$(OUT)/gen $(CFLAGS) $(MODE) \
	-fPIC -fvisibility=hidden -pthread -MMD -MP
SY_LDFLAGS = $(LDFLAGS) $(MODE) -pthread

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

LIB_SOURCES := $(filter-out %_gen.c,$(wildcard base/*.c segmenter/*.c store/*.c indexer/*.c indexer/readers/*.c query/*.c library/*.c))
CLI_SOURCES := $(filter-out cli/lean.c,$(wildcard cli/*.c))
UNIT_SOURCES := $(wildcard tests/unit/test_*.c tests/model/test_*.c tests/fault/test_*.c)
SUPPORT_SOURCES := $(wildcard tests/support/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OUT)/%.o)
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(OUT)/%.o)
SUPPORT_OBJECTS := $(SUPPORT_SOURCES:%.c=$(OUT)/%.o)
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_PROGRAMS := $(FUZZ_TARGETS:%=$(OUT)/tests/fuzz/fuzz_%)
FUZZ_OBJECTS := $(addprefix $(OUT)/tests/fuzz/,fuzz.o read_any.o ask_any.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(OUT)/%)
GENERATED := $(OUT)/gen/normal_tables.inc $(OUT)/gen/word_tables.inc $(OUT)/gen/schema_default.inc

.PHONY: force pot po library deb fuzz fuzz-programs word-costs bench-words all demo check check-asan check-tsan tests bench bench-rank bench-regex bench-suggest bench-table bench-tools lint format install uninstall clean deps help
.DELETE_ON_ERROR:
.SECONDARY:

all: build/suoyin
	@:

# The messages in Chinese, where the program looks for them beside itself.
MO := $(OUT)/locale/zh_CN/LC_MESSAGES/suoyin.mo

$(MO): po/zh_CN.po
	$(call say,MSGFMT,$@)
	$(Q)mkdir -p $(@D)
	$(Q)msgfmt --check --endianness=little --no-hash -o $@ $<

# All texts for people, as translators get them (POT); and the catalogue with what is new in
# it still empty.
POT ?= po/suoyin.pot

pot:
	$(Q)mkdir -p $(OUT)/gen
	$(Q)$(CC) $(SY_CFLAGS) -o $(OUT)/gen/option_texts po/option_texts.c cli/option_tables.c
	$(Q)$(OUT)/gen/option_texts >$(OUT)/gen/option_texts.c
	$(Q)po/extract.sh '$(OUT)/gen/option_texts.c' '$(abspath $(POT))'

po: pot
	$(Q)msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-wrap --add-location=file \
		--sort-by-file po/zh_CN.po '$(POT)'
	@msgfmt --statistics -o /dev/null po/zh_CN.po

build/suoyin: $(OUT)/suoyin
	$(Q)ln -sf $(BUILD)/suoyin $@

# The full program; and the one that people call, which is lean where ICU can be linked
# statically (cli/lean.c says why), else the full one under its name.
STATIC_LIBS := -Wl,--wrap=dlopen,--wrap=dlsym,--wrap=dlclose -licui18n -licuuc -licudata -lxxhash -lstdc++ -lm
HAS_STATIC = $(and $(filter release,$(BUILD)),$(wildcard $(shell $(CC) -print-file-name=libicuuc.a)))
LEAN_OBJECTS := $(patsubst %/cmd_index.o,%/lean.o,$(filter-out %/cmd_verify_deep.o,$(CLI_OBJECTS)))

$(OUT)/suoyin-index: $(CLI_OBJECTS) $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(OUT)/suoyin: $(OUT)/suoyin-index $(LEAN_OBJECTS) $(OUT)/libsuoyin.a | $(MO)
	$(call say,LINK,$@)
	$(Q)$(if $(HAS_STATIC),$(CC) $(SY_LDFLAGS) -static -o $@ $(filter-out $<,$^) $(STATIC_LIBS),ln -f $< $@)

$(OUT)/cli/language.o: private SY_CFLAGS += -DSY_LOCALEDIR='"$(DATADIR)/locale"'
$(OUT)/cli/lean.o: SY_CFLAGS += -DSY_LIBEXECDIR='"$(LIBEXECDIR)"'

$(OUT)/libsuoyin.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# What is installed of the library: only the names in include/suoyin.h can be linked with.
# The static one is a single object, for names can only be hidden when all their uses are bound.
SHARED := libsuoyin.so.$(VERSION)
SONAME := libsuoyin.so.$(SOVERSION)

library: $(OUT)/lib/$(SHARED) $(OUT)/lib/libsuoyin.a

$(OUT)/lib/$(SHARED): $(LIB_OBJECTS)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SY_LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--as-needed -o $@ $^ $(PKG_LIBS)
	$(Q)ln -sf $(SHARED) $(@D)/$(SONAME) && ln -sf $(SONAME) $(@D)/libsuoyin.so

$(OUT)/lib/libsuoyin.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(LD) -r -o $(@D)/suoyin.o $^
	$(Q)objcopy --localize-hidden $(@D)/suoyin.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(@D)/suoyin.o

$(OUT)/segmenter/word_tables.o: $(OUT)/gen/word_tables.inc
$(OUT)/segmenter/pinyin.o: $(OUT)/gen/pinyin_tables.inc

# Other flags than last time: all is compiled anew.
$(OUT)/flags: force
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' '$(CC) $(subst ','\'',$(SY_CFLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(CC) $(subst ','\'',$(SY_CFLAGS))' >$@

$(OUT)/%.o: %.c $(OUT)/flags | $(GENERATED)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SY_CFLAGS) $(PKG_CFLAGS) -c -o $@ $<

# The tables of the normal form are made from the ICU data of this machine.
$(OUT)/gen/normal_tables.inc: segmenter/normal_gen.c segmenter/normal_internal.h
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARNINGS) -I. -O1 $(shell pkg-config --cflags icu-i18n) -o $(OUT)/gen/normal_gen $< $(shell pkg-config --libs icu-i18n icu-uc)
	$(Q)$(OUT)/gen/normal_gen > $@

# Of words: classes of characters, ICU's dictionary, and the learned costs.
$(OUT)/gen/word_tables.inc: segmenter/words_gen.c segmenter/array_gen.c segmenter/array_gen.h segmenter/icu_words.c segmenter/icu_words.h segmenter/word_tables.h segmenter/trie.h base/hash.c base/hash_avx2.c segmenter/word_costs.tsv
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARNINGS) -I. -O1 $(PKG_CFLAGS) -o $(OUT)/gen/words_gen $(filter %.c,$^) $(PKG_LIBS) -lm
	$(Q)$(OUT)/gen/words_gen segmenter/word_costs.tsv > $@

# The readings of characters; they are those of normal forms, so the normal form is needed first.
PINYIN_GEN := $(addprefix $(OUT)/,segmenter/normal.o segmenter/word_tables.o base/alloc.o base/buf.o base/hash.o base/hash_avx2.o base/messages.o base/status.o base/utf8.o)
$(OUT)/gen/pinyin_gen: segmenter/pinyin_gen.c segmenter/pinyin_internal.h $(PINYIN_GEN)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_CFLAGS) $(PKG_CFLAGS) $(SY_LDFLAGS) -o $@ $(filter %.c %.o,$^) $(PKG_LIBS)

$(OUT)/gen/pinyin_tables.inc: $(OUT)/gen/pinyin_gen segmenter/pinyin_more.txt
	$(call say,GEN,$@)
	$(Q)$< segmenter/pinyin_more.txt > $@

# Learns the word costs anew from raw text: make word-costs TEXT='FILE...'
word-costs: $(OUT)/libsuoyin.a segmenter/costs_gen.c segmenter/array_gen.c
	$(Q)$(CC) $(SY_CFLAGS) $(PKG_CFLAGS) -o $(OUT)/gen/costs_gen segmenter/costs_gen.c segmenter/array_gen.c $(OUT)/libsuoyin.a $(PKG_LIBS) -lm
	$(Q)cat $(TEXT) | $(OUT)/gen/costs_gen | LC_ALL=C sort > $(OUT)/gen/word_costs.tsv
	$(Q)mv $(OUT)/gen/word_costs.tsv segmenter/word_costs.tsv

# The shipped schema as a C array, so that the program needs no file beside it.
$(OUT)/gen/schema_default.inc: indexer/schema.json
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)od -An -v -tu1 $< | sed 's/  */,/g; s/^,//; s/$$/,/' > $@

$(OUT)/tests/%: $(OUT)/tests/%.o $(SUPPORT_OBJECTS) $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(shell pkg-config --libs cmocka) $(PKG_LIBS)

# A fuzz target is a program of its own: with libFuzzer's main, or one that replays files.
FUZZ_MAIN = $(if $(filter fuzz,$(BUILD)),,$(OUT)/tests/fuzz/replay.o)
$(OUT)/tests/fuzz/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS) $(FUZZ_MAIN) $(SUPPORT_OBJECTS) $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(shell pkg-config --libs cmocka) $(PKG_LIBS)

$(OUT)/tests/fuzz/fuzz_batch: $(filter-out $(OUT)/cli/main.o,$(CLI_OBJECTS))

# Seeds that are no text are made by the writers of today, so that a new format has new ones.
$(OUT)/tests/fuzz/seeds: $(OUT)/tests/fuzz/seeds.o $(FUZZ_OBJECTS) $(SUPPORT_OBJECTS) $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(shell pkg-config --libs cmocka) $(PKG_LIBS)

fuzz-programs: $(FUZZ_PROGRAMS) $(OUT)/tests/fuzz/seeds

$(OUT)/bench/%: $(OUT)/bench/%.o $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(PKG_LIBS)

tests: $(OUT)/suoyin library $(OUT)/bench/readers $(UNIT_PROGRAMS) fuzz-programs

# Recursive, so that what `deps` installs is seen by the build; on all cores unless -j was given.
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

check: deps
	$(Q)$(SUBMAKE) all tests
	$(Q)tests/run.sh $(OUT)

check-asan: deps
	$(Q)$(SUBMAKE) BUILD=asan build/asan/suoyin tests
	$(Q)tests/run.sh build/asan

check-tsan: deps
	$(Q)$(SUBMAKE) BUILD=tsan build/tsan/suoyin tests
	$(Q)tests/run.sh build/tsan

# libFuzzer comes with clang; `make check` needs neither.
fuzz: deps
	$(Q)echo 'int LLVMFuzzerTestOneInput(const char *b, long n) { return !b && n; }' | \
	    clang -x c -fsanitize=fuzzer - -o /dev/null 2>/dev/null || \
	    { echo 'make fuzz: needs clang with libFuzzer (Debian: apt-get install clang libclang-rt-dev); nothing was run' >&2; exit 2; }
	$(Q)$(SUBMAKE) BUILD=fuzz fuzz-programs
	$(Q)tests/fuzz/run.sh build/fuzz $(FUZZ_S) $(FUZZ)

demo: deps
	$(Q)$(SUBMAKE) all
	$(Q)corpus/demo.sh build/suoyin '$(subst ','\'',$(CORPUS))'

# What `make bench` measures with: the empty process is static, as low a floor as there is.
BENCH_TOOLS := $(addprefix $(OUT)/bench/,oracle spawn nop)

$(OUT)/bench/oracle: $(OUT)/bench/oracle.o $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(OUT)/bench/spawn: $(OUT)/bench/spawn.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^

$(OUT)/bench/nop: $(OUT)/bench/nop.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -static -o $@ $^

bench-tools: $(BENCH_TOOLS)

BENCH = SY_BENCH_SUOYIN='$(abspath $(OUT)/suoyin)' python3 -B

# The tables of the last runs are for docs/benchmarks.md only when asked for: `make bench-table`.
bench: deps
	$(Q)bench/deps.sh
	$(Q)$(SUBMAKE) $(OUT)/suoyin bench-tools
	$(Q)$(BENCH) bench/run.py --mb $(BENCH_MB) --tools '$(OUT)/bench' $(ENGINES)

# How good and how fast the words are: ICU, ours, jieba where it is installed.
$(OUT)/bench/words: $(OUT)/bench/words.o $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench-words: deps
	$(Q)$(SUBMAKE) $(OUT)/bench/words $(OUT)/suoyin
	$(Q)bench/words.sh $(OUT)/bench/words $(OUT)/suoyin

# What may have been meant by a misspelt bureau.
$(OUT)/bench/suggest: $(OUT)/bench/suggest.o $(OUT)/libsuoyin.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SY_LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench-suggest: deps
	$(Q)$(SUBMAKE) $(OUT)/suoyin $(OUT)/bench/suggest
	$(Q)bench/suggest.sh $(OUT)/suoyin $(OUT)/bench/suggest

bench-rank: deps
	$(Q)bench/deps.sh rank
	$(Q)$(SUBMAKE) $(OUT)/suoyin
	$(Q)$(BENCH) bench/rank.py

# Regular expressions beside ripgrep.
bench-regex: deps
	$(Q)bench/deps.sh
	$(Q)$(SUBMAKE) $(OUT)/suoyin
	$(Q)bench/regex.py $(OUT)/suoyin

bench-table:
	$(Q)$(BENCH) bench/table.py

lint:
	$(Q)tests/deps.sh lint
	$(Q)tests/lint.sh

format:
	$(Q)find base segmenter store indexer query include library cli examples tests -name '*.[ch]' -exec clang-format -i {} +

deps:
	$(Q)tests/deps.sh

# What is installed, a line a file: mode, file, where to. `install` and `uninstall` read it.
INSTALLED = \
	755 $(OUT)/suoyin $(BINDIR)/suoyin \
	755 $(OUT)/suoyin-index $(LIBEXECDIR)/suoyin-index \
	644 $(OUT)/lib/$(SHARED) $(LIBDIR)/$(SHARED) \
	link $(SHARED) $(LIBDIR)/$(SONAME) \
	link $(SONAME) $(LIBDIR)/libsuoyin.so \
	644 $(OUT)/lib/libsuoyin.a $(LIBDIR)/libsuoyin.a \
	644 include/suoyin.h $(INCLUDEDIR)/suoyin.h \
	pc - $(LIBDIR)/pkgconfig/suoyin.pc \
	$(foreach f,$(wildcard man/*.1),644 $(f) $(MANDIR)/man1/$(notdir $(f))) \
	$(foreach f,$(wildcard man/*.7),644 $(f) $(MANDIR)/man7/$(notdir $(f))) \
	$(foreach f,LICENSE CHANGELOG.md README.md $(wildcard docs/*.md examples/*.c),644 $(f) $(DATADIR)/doc/suoyin/$(f)) \
	644 indexer/schema.json $(DATADIR)/suoyin/schema.json \
	644 $(MO) $(DATADIR)/locale/zh_CN/LC_MESSAGES/suoyin.mo \
	644 $(OUT)/completion.bash $(DATADIR)/bash-completion/completions/suoyin \
	644 $(OUT)/completion.zsh $(DATADIR)/zsh/site-functions/_suoyin \
	644 $(OUT)/completion.fish $(DATADIR)/fish/vendor_completions.d/suoyin.fish
COMPLETIONS := $(OUT)/completion.bash $(OUT)/completion.zsh $(OUT)/completion.fish

$(COMPLETIONS): $(OUT)/completion.%: $(OUT)/suoyin
	$(Q)LC_ALL=C $< completion $* >$@.new && mv $@.new $@

define PC
prefix=$(PREFIX)
libdir=$(LIBDIR)
includedir=$(INCLUDEDIR)

Name: suoyin
Description: full-text index and query library for Chinese records with named fields
Version: $(VERSION)
Libs: -L$${libdir} -lsuoyin
Libs.private: -pthread -lm
Requires.private: $(PACKAGES)
Cflags: -I$${includedir}
endef
export PC

install: build/suoyin library $(COMPLETIONS)
	$(Q)printf '%s %s %s\n' $(INSTALLED) | while read -r mode file to; do \
		install -d "$(DESTDIR)$${to%/*}" || exit; \
		case $$mode in \
		link) ln -sf "$$file" "$(DESTDIR)$$to" ;; \
		pc) printf '%s\n' "$$PC" >"$(DESTDIR)$$to" && chmod 644 "$(DESTDIR)$$to" ;; \
		*) install -m "$$mode" "$$file" "$(DESTDIR)$$to" ;; \
		esac || exit; \
	done

# Folders that are ours go too.
uninstall:
	$(Q)printf '%s %s %s\n' $(INSTALLED) | while read -r mode file to; do rm -f "$(DESTDIR)$$to"; done
	$(Q)cd '$(DESTDIR)$(DATADIR)/doc/suoyin' 2>/dev/null && rmdir docs examples || true
	$(Q)rmdir '$(DESTDIR)$(DATADIR)/doc/suoyin' '$(DESTDIR)$(DATADIR)/suoyin' '$(DESTDIR)$(LIBEXECDIR)' 2>/dev/null || true

deb: build/suoyin library
	$(Q)MAKE='$(MAKE)' packaging/deb.sh $(VERSION) build
	@ls build/suoyin_$(VERSION)_*.deb

clean:
	rm -rf build

help:
	@echo 'all         build/suoyin'
	@echo 'demo        install what is missing, index corpus/ or CORPUS=PATH, run example queries'
	@echo 'check       install what is missing, run all tests'
	@echo 'fuzz        fuzz all targets with libFuzzer for FUZZ_S=$(FUZZ_S) seconds, or FUZZ="docx query" alone'
	@echo 'check-asan  the tests under address and undefined-behaviour sanitizers'
	@echo 'bench       install the peers, measure all on BENCH_MB=$(BENCH_MB) MB of text; ENGINES="suoyin lucene" for some'
	@echo 'word-costs  learn segmenter/word_costs.tsv anew from raw text: TEXT="FILE..."'
	@echo 'bench-words words: F1 on the gold sets and MB/s, ICU alone beside ours'
	@echo 'bench-rank  the quality of the ranking on judged questions'
	@echo 'bench-regex regular expressions beside ripgrep'
	@echo 'bench-suggest what a misspelt bureau costs, of 10,000'
	@echo 'bench-table write the last figures into docs/benchmarks.md'
	@echo 'check-tsan  the tests under the thread sanitizer'
	@echo 'lint        warnings as errors (gcc and clang), headers alone, include directions, format'
	@echo 'format      clang-format the sources'
	@echo 'po          bring po/zh_CN.po up to the texts of the sources; pot: only po/suoyin.pot, for translators'
	@echo 'library     build/release/lib: libsuoyin, shared and static'
	@echo 'install     copy programs, library, man pages and the rest below DESTDIR and PREFIX ($(PREFIX)); uninstall'
	@echo 'deb         a package for this Debian: build/suoyin_VERSION_ARCH.deb'
	@echo 'clean       remove build/'

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
