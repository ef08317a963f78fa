# Targets of the local test cluster; see test/cluster/README.md. Included by the main Makefile.

CLUSTER := $(GO) run -C test/cluster .

.PHONY: cluster-up cluster-down cluster-load

cluster-up: ## Bring up a local Kubernetes with Argo and print its KUBECONFIG (as root; KIND=1: with kind and Docker)
	@$(CLUSTER) up $(if $(KIND),--kind)

cluster-down: ## Take the local cluster down; nothing of it stays but its built programs (KIND=1: the kind cluster)
	@$(CLUSTER) down $(if $(KIND),--kind)

cluster-load: ## Load container images into the local cluster: make cluster-load IMAGES="a.tar b.tar" (KIND=1: into kind)
	@$(CLUSTER) load $(if $(KIND),--kind) $(abspath $(IMAGES))
