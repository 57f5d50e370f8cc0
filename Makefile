# Two commands matter: `make demo` shows the main job, `make test` passes the tests. Both do their own set-up.
SHELL := /bin/bash
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BINARY := .build/release/ropeline
# What the table of fingerprints is derived from, beside the grammars in Sources/fingerprints.
VECTORS = $(or $(ROPELINE_CONFORMANCE),../shared/conformance)/libinjection
# A crashed test must end, not wait for a backtrace.
export SWIFT_BACKTRACE := enable=no

.PHONY: help setup build test demo bench check conformance fingerprints format lint clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 16

setup: ## Install what is missing (apt)
	@scripts/setup.sh

# For the packages we depend on too: a fifth of what the proxy spends outside the kernel for each request.
RELEASE_FLAGS = -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked --static-swift-stdlib

build: setup ## Build the release binary
	swift build -c release --jobs $(JOBS) $(RELEASE_FLAGS) --product ropeline

test: setup ## Build and pass all tests
	swift build --build-tests --jobs $(JOBS)
	swift test --skip-build
	.build/debug/ropeline lint Rulesets

demo: build ## Run the proxy on sample traffic and show the verdicts
	@scripts/demo.sh

BENCHES ?= stages engine load growth logs proxy
bench: build ## Measure stages, engine, loading, growth, logs and proxy beside their peers, in one run each
	swift build -c release --jobs $(JOBS) $(RELEASE_FLAGS) --product stage-bench
	@set -e; for bench in $(BENCHES); do echo "== $$bench"; Benchmarks/$$bench.sh; done

# Not a part of `test`: it needs a release build and counts for some minutes.
check: build ## Fail if a request takes 5 % more instructions than the committed baseline
	@Benchmarks/check.sh

# SUITE is a directory of regression tests in the YAML of the CRS 3.3 or 4.x, CRS the checkout they belong to (Debian's if not given);
# BACKSLASH=modsecurity2 for rules written for Apache, such as 3.3. Without SUITE, the vectors in ROPELINE_CONFORMANCE.
conformance: setup ## Run regression tests of a CRS: SUITE=tests/ CRS=dir/
	swift build --build-tests --jobs $(JOBS)
ifdef SUITE
	ROPELINE_SUITE="$(abspath $(SUITE))" ROPELINE_SUITE_BACKSLASH="$(BACKSLASH)" $(if $(CRS),ROPELINE_SUITE_CRS="$(abspath $(CRS))") \
	  swift test --skip-build --filter aSuiteOfTheUsersChoice
else
	swift test --skip-build --filter ConformanceTests
endif

# BULK: files of other text, one line a value. The committed table was made with the messages of programs in twelve languages and with
# sentences of manuals and change logs.
fingerprints: ## Derive the table of SQL fingerprints anew
	swift run --configuration release fingerprints --payloads $(VECTORS)/data --harmless $(VECTORS)/data/false_positives.txt \
	  --skip $(VECTORS)/outliers.tsv $(foreach file,$(BULK),--bulk $(file)) \
	  --output Sources/RuleEngine/Injection/SQLFingerprints+Table.swift

format: ## Format the sources
	swift format --in-place --recursive --configuration .swift-format Sources Tests Package.swift

lint: build ## Check our own rules
	$(BINARY) lint Rulesets

clean: ## Remove what was built
	rm -rf .build
