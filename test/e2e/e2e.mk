# The end-to-end suite; see test/e2e/README.md. Included by the main Makefile.

E2E_IMAGES := dist/e2e-images
# Which tests, as `go test -run` takes it.
E2E        ?= .
E2E_CLUSTER := $(GO) run -C test/cluster .
# KEEP=1 leaves the cluster up afterwards.
KEEP       ?=

.PHONY: e2e e2e-load e2e-images

e2e: ## Prove whole runs on a real Kubernetes with Argo: bring it up, load the images, run the suite, take it down (KEEP=1: do not)
	$(call in-cluster,$(GO) test -C test/e2e -tags e2e -count 1 -v -timeout 40m -parallel 5 -run '$(E2E)' .)

e2e-load: ## Measure 200 workers at once, and a run of 120 beats, on the local cluster (40 minutes)
	$(call in-cluster,$(GO) test -C test/e2e -tags 'e2e load' -count 1 -timeout 60m -v -run 'TestLoad|TestLongRun' .)

e2e-images: $(BIN)/versitygw ## Pack the images that the end-to-end suite needs, for this machine
	@rm -rf $(E2E_IMAGES)
	$(GO) run ./images/pack --all --platform linux/$$($(GO) env GOARCH) --out $(E2E_IMAGES)
	$(GO) run ./images/pack --package ./test/simulator/cmd/simulator --name metronome-simulator \
	  --platform linux/$$($(GO) env GOARCH) --out $(E2E_IMAGES)
	$(GO) run ./images/pack --binary $(BIN)/versitygw --name versitygw --out $(E2E_IMAGES)

# Runs a command against a cluster that is brought up for it, unless it is up already, and taken down after it.
define in-cluster
	@set -euo pipefail; \
	[ -n "$(KEEP)" ] || trap '$(E2E_CLUSTER) down $(if $(KIND),--kind)' EXIT; \
	place=$$($(E2E_CLUSTER) up $(if $(KIND),--kind)); eval "$$place"; \
	$(MAKE) --no-print-directory build e2e-images; \
	$(E2E_CLUSTER) load $(if $(KIND),--kind) $$(printf '$(CURDIR)/%s ' $(E2E_IMAGES)/*.tar); \
	$(1)
endef
