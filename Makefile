# Metronome. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO     ?= go
BIN    := bin
TESTS  ?= ./...
DEMO   ?= .demo
export CGO_ENABLED ?= 0

# The modules of this repository. What only the chart, the cluster and the tools need stays out of the product's go.mod.
MODULES := . charts test/e2e test/cluster test/tools/lint test/tools/versitygw

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: standalone $(BIN)/versitygw ## Replicate a period for 60 companies at four simulated providers, on this machine
	$(GO) run ./test/demo -dir $(DEMO) -metronome $(BIN)/metronome-standalone

.PHONY: demo-clean
demo-clean: ## Forget the demo's ledger and storage
	rm -rf $(DEMO)

.PHONY: build
build: ## Build bin/metronome
	$(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/metronome ./cmd/metronome

# The commands that talk to Argo bring Kubernetes' client libraries along, two thirds of what is compiled; one machine needs none.
.PHONY: standalone
standalone: ## Build bin/metronome-standalone, without the commands for Argo
	$(GO) build -trimpath -tags standalone -ldflags '-s -w' -o $(BIN)/metronome-standalone ./cmd/metronome

.PHONY: test
test: packages $(BIN)/versitygw ## Run all tests; installs and starts what they need
	$(GO) test -timeout 30m $(TESTS)
	$(if $(filter ./...,$(TESTS)),$(GO) test -C charts ./...)

# The packages that start goroutines or lock. `make race RACE=./...` takes them all, as make full does.
RACE ?= ./internal/ledger ./internal/local ./internal/provider ./internal/replicate ./internal/run ./internal/site \
	./internal/stage/... ./internal/ui ./internal/worker ./test/simulator

.PHONY: race
race: export CGO_ENABLED = 1
race: $(BIN)/versitygw ## Run the tests of the packages with goroutines under the race detector
	$(GO) test -race -timeout 60m $(RACE)

.PHONY: full
full: packages ## Run what takes longer than .ci/run may: all tests under the race detector, 200 workers, 120 beats (2 hours)
	$(MAKE) --no-print-directory race RACE=./...
	$(MAKE) --no-print-directory e2e-load

.PHONY: test-real
test-real: build $(BIN)/versitygw ## Replicate a period for the 503 real companies of ../shared/data
	$(GO) test -tags real -count 1 -timeout 30m -v -run TestReal ./test/real

.PHONY: bench
bench: $(BIN)/versitygw ## Run the benchmarks of grouping, packing, tempo, rendering and the ledger
	$(GO) test -run xxx -bench . -benchtime 3x ./internal/batch ./internal/catalog ./internal/replicate ./internal/tempo ./internal/workbook ./internal/ledger

.PHONY: lint
lint: $(BIN)/golangci-lint $(BIN)/deadcode ## Run go vet and the strict linters under all build tags, and list dead code
	$(GO) vet ./...
	$(GO) vet -tags standalone ./cmd/...
	$(GO) vet -C test/cluster . ./internal/... ./dns ./pause ./probe # not ./kube: ten lines, and all of Kubernetes
	$(GO) vet -C test/e2e -tags 'e2e load' .
	$(BIN)/golangci-lint run --build-tags real ./...
	cd charts && ../$(BIN)/golangci-lint run ./...
	cd test/e2e && ../../$(BIN)/golangci-lint run --build-tags e2e .
	$(GO) run ./test/tools/dead -deadcode $(BIN)/deadcode

.PHONY: fmt
fmt: ## Format the code and tidy the modules
	gofmt -w $$(git ls-files '*.go')
	@for module in $(MODULES); do echo "$(GO) mod tidy # $$module"; (cd $$module && $(GO) mod tidy) || exit 1; done

GENERATED = $(GO) test -p 1 -count 1 -run Generated ./internal/config ./internal/catalog ./internal/provider/kind

.PHONY: generate
generate: ## Write what is made of the code: the JSON schema of metronome.yaml, the tables of docs/
	$(GENERATED) -update

.PHONY: verify
verify: ## Check that the modules are tidy, the code formatted, and what is made of it up to date
	$(GENERATED)
	@for module in $(MODULES); do echo "$(GO) mod tidy -diff # $$module"; (cd $$module && $(GO) mod tidy -diff) || exit 1; done
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }

# Tools are pinned in modules of their own, so that who needs the storage server does not download the linters.
$(BIN)/versitygw: test/tools/versitygw/go.mod test/tools/versitygw/go.sum
	CGO_ENABLED=0 $(GO) build -C $(<D) -o $(CURDIR)/$@ github.com/versity/versitygw/cmd/versitygw

$(BIN)/golangci-lint: test/tools/lint/go.mod test/tools/lint/go.sum
	CGO_ENABLED=0 $(GO) build -C $(<D) -o $(CURDIR)/$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(BIN)/deadcode: test/tools/lint/go.mod test/tools/lint/go.sum
	CGO_ENABLED=0 $(GO) build -C $(<D) -o $(CURDIR)/$@ golang.org/x/tools/cmd/deadcode

# The Debian packages that tests need: LibreOffice opens the workbooks as their readers will.
.PHONY: packages
packages:
	@command -v soffice >/dev/null || { \
	  sudo=$$( [ $$(id -u) = 0 ] || echo sudo ); \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; }

.PHONY: clean
clean: demo-clean ## Remove what was built
	rm -rf $(BIN) .cache

include images/images.mk charts/charts.mk test/cluster/cluster.mk test/e2e/e2e.mk
