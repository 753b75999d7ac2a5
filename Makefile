# Lianqiao. `make help` lists what there is. Needs Python 3.11 or newer, make and git.

PYTHON := .venv/bin/python
WORKERS ?= 2
SEED ?= 7
JOURNEYS ?= 8
LIMITS ?= 20000
MUTANTS ?= 10
.DEFAULT_GOAL := help
# Hundreds of processes are started by some of these: each reads what an earlier one has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help venv demo demo-reset tour run test test-sqlite test-postgres check lint types imports audit prove browser screenshots bench samples assets messages docs requirements format clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment: .venv with the exact versions of requirements/, checked by their hashes

venv: .venv/installed ## Make .venv, with what running and testing need
.venv/installed: requirements/run.txt requirements/test.txt
	@python=; for name in $(LIANQIAO_PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Lianqiao needs Python 3.11 or newer with venv; name one in LIANQIAO_PYTHON."; exit 1; fi; \
	echo "Making .venv with $$($$python --version) ..."; \
	[ -x $(PYTHON) ] || $$python -m venv .venv
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/test.txt
	@$(PYTHON) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "lianqiao-here.pth").write_text("$(CURDIR)/src\n")'
	@touch $@

.venv/installed-dev: .venv/installed requirements/dev.txt
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv/installed-browser: .venv/installed requirements/browser.txt
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/browser.txt
	@touch $@

# To see it

demo: venv ## Two nodes, Sichuan and Chongqing, with people and cases; until Ctrl-C
	@$(PYTHON) -m lianqiao demo

demo-reset: venv ## Empty the demonstration's data
	@$(PYTHON) -m lianqiao demo --reset

tour: venv ## Walk the journeys of the Sichuan-Chongqing documents over HTTP, and tell them
	@$(PYTHON) -m lianqiao tour

run: venv ## One node of your own under var/data, made at the first start; until Ctrl-C
	@$(PYTHON) -m lianqiao init --if-new && exec $(PYTHON) -m lianqiao serve

# To trust it

test: test-sqlite test-postgres ## All tests, on SQLite and on PostgreSQL

test-sqlite: venv ## All tests on SQLite
	@$(PYTHON) -m pytest --database=sqlite -m "not proof and not browser" -n $(WORKERS)

test-postgres: venv ## All tests on PostgreSQL
	@$(PYTHON) -m pytest --database=postgres -m "not proof and not browser" -n $(WORKERS)

prove: venv ## Reduced proofs: two live nodes on bad lines, killed at every step, restored; the hand-over in all states of a model; limits (JOURNEYS, LIMITS, SEED); with LARGE=1 also three nodes, clocks apart, full disks, all routes, operations, parsers, mutants (MUTANTS)
	@$(PYTHON) -m pytest --database=sqlite -m "proof$(if $(LARGE),, and not large)" -n $(WORKERS)
	@$(PYTHON) -m pytest --database=postgres -m "proof and not large" tests/stories
	@$(if $(LARGE),$(PYTHON) -m tests.exchange.model --offers 2 --without-loss)
	@$(PYTHON) -m tests.exchange.model --offers 1 --restores
	@$(PYTHON) -m tests.exchange.model --offers 2 --restores --eager
	@$(PYTHON) -m tests.stories.prove --journeys $(JOURNEYS) --seed $(SEED)
	@$(PYTHON) -m tests.law.oracle --many $(LIMITS) --seed $(SEED)
	@$(if $(LARGE),$(PYTHON) -m tests.site.prove --seed $(SEED))
	@$(if $(LARGE),$(PYTHON) -m tests.law.mutants --every $(MUTANTS))

browser: .venv/installed-browser ## The pages in a real browser: journeys, keyboard, without script, accessibility; installs Chromium where it can
	@tests/browser/install-chromium.sh
	@$(PYTHON) -m pytest --database=sqlite -m browser -n $(WORKERS) --dist loadfile tests/browser

screenshots: .venv/installed-browser ## Take the pictures of docs/screenshots anew
	@tests/browser/install-chromium.sh
	@SCREENSHOTS=docs/screenshots $(PYTHON) -m pytest --database=sqlite -m browser -n $(WORKERS) --dist loadfile -k "pictures or (chongqing_enterprise and 1280)" tests/browser

check: lint types imports audit test prove browser ## Everything that must be green: lint, types, imports, audit, test, prove, browser

lint: .venv/installed-dev ## Style of the code
	@$(PYTHON) -m ruff check src tests bench
	@$(PYTHON) -m ruff format --check src tests bench

types: .venv/installed-dev ## Types of the code
	@LIANQIAO_SECRET_KEY=types $(PYTHON) -m mypy

imports: .venv/installed-dev ## Order of the rooms and of the furniture
	@PYTHONPATH=src LIANQIAO_SECRET_KEY=imports .venv/bin/lint-imports

audit: .venv/installed-dev ## Known holes of the locked packages; says so where the index cannot be reached
	@$(PYTHON) -m tests.house.audit

bench: venv ## Measurements, each beside a named yardstick; some of them by ONLY=file,worklist, larger ones by SIZE=100000 or LONG=1
	@$(PYTHON) -m bench $(ONLY) $(if $(SIZE),--size $(SIZE)) $(if $(LONG),--long)

samples: venv ## Print one sample of each official document into docs/samples
	@$(PYTHON) -m lianqiao document samples docs/samples

# To work on it

format: .venv/installed-dev ## Put the code into its style
	@$(PYTHON) -m ruff check --fix --quiet src tests bench; $(PYTHON) -m ruff format src tests bench

assets: ## Copy what pages, documents and tests take from others (htmx, fonts, axe) out of npm packages; needs Node
	@npm ci --prefix assets --silent && node assets/vendor.mjs

messages: venv ## Compile the Chinese texts (.po to .mo)
	@$(PYTHON) -c 'import pathlib, polib; [polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo"))) for po in pathlib.Path("src").rglob("*.po")]'

docs: venv ## Draw the generated pages of docs/ anew
	@$(PYTHON) -m lianqiao.site.reference

requirements: .venv/installed-dev ## Lock requirements/*.in into requirements/*.txt
	@for name in run test browser dev; do \
	  $(PYTHON) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    --no-emit-options --no-header --strip-extras --allow-unsafe -o requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean: ## Remove .venv and caches; data under var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
