DIST      ?= dist
IMAGE_TAG ?= 0.1.0
# Where `make images-push` pushes to, like registry.example.com/team.
REGISTRY  ?=

.PHONY: images
images: ## Pack the images of all steps into dist/, for amd64 and arm64, without Docker
	$(GO) run ./images/pack --all --tag $(IMAGE_TAG) --out $(DIST)

.PHONY: images-push
images-push: ## Pack the images of all steps and push them to REGISTRY
	@test -n "$(REGISTRY)" || { echo "REGISTRY is not set, like registry.example.com/team" >&2; exit 1; }
	$(GO) run ./images/pack --all --tag $(IMAGE_TAG) --push $(REGISTRY)
