# The same commands on a laptop and in CI. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

GO ?= go

# Tools, pinned. gofumpt and goimports are part of golangci-lint (`fmt`), so
# that one version and one file (.golangci.yml) decide what formatted means.
GOLANGCI_LINT_VERSION := v2.15.0

# A tool is built once per machine, version and Go version: golangci-lint
# refuses to judge code for a newer Go than it was built with.
GO_VERSION := $(shell $(GO) env GOVERSION 2>/dev/null)
CACHE_HOME := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)
TOOLS := $(CACHE_HOME)/parley-tools
GOLANGCI_LINT_DIR := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)-$(GO_VERSION)
GOLANGCI_LINT := $(GOLANGCI_LINT_DIR)/golangci-lint
GOVULNCHECK_VERSION := v1.8.0
GOVULNCHECK := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)-$(GO_VERSION)/govulncheck

# End-to-end tests are ordinary Go tests of these packages. They drive the real
# program with real deadlines, so they run after the others, not beside them.
E2E := ./e2e/...
# Those inside one process. The others start the program as a user does, dozens of times:
# under the race detector that takes longer than all else together, and finds what the
# packages' own tests find.
ONE_PROCESS := ./e2e/live
# Those of them that are run on a store in a database, too; all are with PARLEY_TEST_DB=postgres.
IN_DATABASE := TestCutOffForAThousand|TestTailTells
# SQLite is C translated to Go and works on raw memory as C does. Instrumenting each of its
# accesses takes most of the time of tests with a store (263 s of CPU instead of 106 in
# hub/outbox) and finds nothing about our code, which stays instrumented, as does its driver.
RACE := -race -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags='modernc.org/libc=-race=false -d=checkptr=0'
TEST_TIMEOUT ?= 20m
FUZZTIME ?= 30s
# Long tables that one goroutine walks through, the whole module read and type-checked, and
# days that pass by a clock of their own:
# the race detector makes minutes of them and sees nothing that the shorter ones don't show.
# And packets at which the SSH library races with itself, and recovers.
TABLES := TestWhoSees|TestNoPacket|FuzzPackets|TestMailIs|TestImport|TestARepairFills|TestAGapIs|TestBackOff|TestNamesNotTold|TestChecksHold|TestFillSearch$$|TestConformance/(searchPaging|filters)|TestOneWayOut$$
# How often each property is tried: few times under the race detector, which is slow, and
# those of PROPERTIES many times without it.
RAPID ?= 5
RAPID_PLAIN ?= 100
PROPERTIES := ./model ./model/inbox ./hub ./hub/fair ./hub/replies ./hub/transcript
WITH_RAPID := {{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}}{{"\n"}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}}{{"\n"}}{{end}}{{end}}
# Flags of the measuring: make bench BENCH="-only one"; and which of Go's benchmarks are run.
BENCH ?=
BENCHMARKS ?= .
# Flags of the demo: make demo DEMO="--lang ja --rate 2"
DEMO ?=
# A folder for pictures of the pages in the browser: make test-browser PICTURES=/tmp
PICTURES ?=
# Flags of the pictures: make screenshots SHOTS="-only inbox -size 80x24 -lang ja"
SHOTS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## try it: customers write, you answer, all on this machine
	@echo "building parley (a minute the first time)"
	@$(GO) build -o bin/parley ./cmd/parley
	@bin/parley demo $(DEMO)

.PHONY: build
build: ## build bin/parley
	$(GO) build -trimpath -o bin/parley ./cmd/parley

# One after the other, also under make -j: the deadlines of the end-to-end
# tests are real, and two cores are soon busy.
.PHONY: test
test: ## everything that must hold before a merge
	@$(MAKE) race-ready ssh-ready postgres-ready
	@$(MAKE) lint
	@$(MAKE) unit
	@$(MAKE) e2e

# Between two commits: BASE is what the changes are counted from.
BASE ?= main
.PHONY: check
check: $(GOLANGCI_LINT) ## format, vet, lint of what changed since main, and its unit tests: 2 minutes
	@GO="$(GO)" GOLANGCI_LINT="$(GOLANGCI_LINT)" BASE="$(BASE)" E2E="$(E2E)" TABLES='$(TABLES)' TEST_TIMEOUT='$(TEST_TIMEOUT)' scripts/check

# No vet with the tests: lint has looked at all of it.
.PHONY: unit
unit: race-ready ssh-ready postgres-ready ## go test -race, all but the end-to-end tests
	@all="$$($(GO) list ./...)"; e2e="$$($(GO) list $(E2E))"; \
	pkgs="$$(grep -Fxv -f <(printf '%s\n' "$$e2e") <<<"$$all" || true)"; \
	props="$$($(GO) list -f '$(WITH_RAPID)' ./... | sort -u)"; \
	rest="$$(grep -Fxv -f <(printf '%s\n' "$$props") <<<"$$pkgs")"; \
	props="$$(grep -Fx -f <(printf '%s\n' "$$pkgs") <<<"$$props")"; \
	echo "$(GO) test -race, $$(wc -w <<<"$$pkgs") packages, $(RAPID) tries of each property"; \
	CGO_ENABLED=1 $(GO) test -vet=off $(RACE) -timeout $(TEST_TIMEOUT) -skip '$(TABLES)' $$rest && \
	CGO_ENABLED=1 $(GO) test -vet=off $(RACE) -timeout $(TEST_TIMEOUT) -skip '$(TABLES)' $$props -rapid.checks=$(RAPID) && \
	$(GO) test -vet=off -timeout $(TEST_TIMEOUT) $(PROPERTIES) -rapid.checks=$(RAPID_PLAIN) && \
	$(GO) test -vet=off -timeout $(TEST_TIMEOUT) -run '$(TABLES)' ./hub/... ./model/safe

.PHONY: e2e
e2e: race-ready ssh-ready postgres-ready ## end-to-end tests; those inside one process with -race
	CGO_ENABLED=1 $(GO) test -vet=off $(RACE) -count=1 -timeout $(TEST_TIMEOUT) $(ONE_PROCESS)
	PARLEY_TEST_DB=postgres $(GO) test -vet=off -count=1 -timeout $(TEST_TIMEOUT) -run '$(IN_DATABASE)' $(ONE_PROCESS)
	$(GO) test -vet=off -count=1 -timeout $(TEST_TIMEOUT) $$($(GO) list $(E2E) | grep -Fxv "$$($(GO) list $(ONE_PROCESS))")

# The tests take a few thousand of these steps; this many take ten minutes.
PRIVACY_STEPS ?= 100000
.PHONY: privacy
privacy: ## nobody receives what is hidden from them: PRIVACY_STEPS random steps
	PARLEY_PRIVACY_STEPS='$(PRIVACY_STEPS)' $(GO) test -count=1 -timeout 2h -run '^TestNothingHiddenIsReceived$$' -v ./e2e/privacy

# The tests take a few of these schedules; this many take a quarter of an hour.
SCHEDULES ?= 100000
.PHONY: schedules
schedules: ## replies in order and once, keys act on what is lit, undo is right: SCHEDULES random schedules
	$(GO) test -count=1 -timeout 2h -run '^TestSchedules$$' ./ui/app -rapid.checks='$(SCHEDULES)'

# One browser for all of them; pictures of the pages, if PICTURES names a folder.
.PHONY: test-browser
test-browser: ## what users meet in a browser, in headless Chromium
	@scripts/need-chromium
	PARLEY_TEST_PICTURES="$(PICTURES)" PARLEY_TEST_BROWSER="$$(command -v chromium || command -v chromium-browser || command -v google-chrome)" \
		$(GO) test -count=1 -timeout 5m -run '^TestBrowser' ./e2e/browser ./ui/term

# Flags of the attack: make attack ATTACK="-for 3s -kinds slow-bodies"
ATTACK ?=
.PHONY: attack
attack: ## strangers at the hub's open port: each kind for a minute, memory and others' waiting
	@$(GO) run ./scripts/attack $(ATTACK)

# Flags beyond: make kills KILLING="-disks=false -seed 7"
KILLS ?= 140
CUTS ?= 200
KILLING ?=
.PHONY: kills
kills: ## a hub that is killed KILLS times, loses power CUTS times, has bad disks: nothing acknowledged is lost
	@$(GO) run ./scripts/kills -kills '$(KILLS)' -cuts '$(CUTS)' $(KILLING)

# The race detector needs a C compiler.
.PHONY: race-ready
race-ready:
	@GO="$(GO)" scripts/need-cc

# Tests come in over SSH with OpenSSH's own client.
.PHONY: ssh-ready
ssh-ready:
	@scripts/need-ssh

# A store in a database is tested on a server that the tests start.
.PHONY: postgres-ready
postgres-ready:
	@scripts/need-postgres

.PHONY: lint
lint: $(GOLANGCI_LINT) ## formatting, tidy go.mod, least versions, vet, other systems, golangci-lint
	$(GOLANGCI_LINT) fmt --diff
	$(GO) mod tidy -diff
	@GO="$(GO)" scripts/vuln --list
	$(GO) vet ./...
	$(GO) run ./scripts/portable
	$(GOLANGCI_LINT) run ./...

.PHONY: vuln
vuln: ## known vulnerabilities in what parley is built of
	@GO="$(GO)" GOVULNCHECK="$(GOVULNCHECK)" GOVULNCHECK_VERSION="$(GOVULNCHECK_VERSION)" scripts/vuln

.PHONY: unused
unused: ## names that no program of ours uses
	@$(GO) run ./scripts/unused

.PHONY: generate
generate: ## make the ids of the sentences from the catalogues
	$(GO) generate ./i18n

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## write the formatting (gofumpt, goimports)
	$(GOLANGCI_LINT) fmt

.PHONY: bench
bench: ## a hub's figures beside the floor of its disk; BENCH="-only one" measures a part
	@$(GO) run -trimpath ./scripts/bench $(BENCH)

.PHONY: benchmarks
benchmarks: ## Go's benchmarks; BENCHMARKS=regexp picks some
	$(GO) test -run '^$$' -bench '$(BENCHMARKS)' -benchmem ./...

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (30s)
	@GO="$(GO)" FUZZTIME="$(FUZZTIME)" scripts/fuzz

# A sample of small changes to where nothing may fail, MUTANTS in each room, each with the
# tests that must notice it. Some minutes a room, more where many survive.
MUTANTS ?= 60
SEED ?= 1
# Flags beyond: make mutate MUTATE="-only hub -from checks.go"; -keep FILE goes on where a run
# was cut short, -near tries only the tests beside the code
MUTATE ?=
.PHONY: mutate
mutate: ## would the tests notice? MUTANTS small changes to the code, drawn by SEED
	$(GO) run ./mutate -n '$(MUTANTS)' -seed '$(SEED)' $(MUTATE)

# Those that documents show go to docs/screenshots, the others stay in bin.
.PHONY: screenshots
screenshots: ## pictures of the screen; SHOTS="-only inbox -lang ja" picks some
	@scripts/need-chromium
	@$(MAKE) build
	@$(GO) run ./screenshots $(SHOTS)
	@echo "all of them: bin/screenshots/index.html"

.PHONY: casts
casts: ## record docs/zero-*.cast anew: from thirty who wait to none
	PARLEY_CASTS='$(CURDIR)/docs' $(GO) test -count=1 -run '^TestFromThirtyToNone$$' ./e2e/screen

.PHONY: tools
tools: $(GOLANGCI_LINT) ## build the pinned tools (2 to 4 minutes the first time)

# The tool is for this machine and has its own modules: no flags of ours.
$(GOLANGCI_LINT):
	@echo "building golangci-lint $(GOLANGCI_LINT_VERSION), once per machine (2 to 4 minutes)"
	@mkdir -p '$(GOLANGCI_LINT_DIR)'
	@cd / && GOFLAGS= GOOS= GOARCH= GOWORK=off GOBIN='$(GOLANGCI_LINT_DIR)' \
		$(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
