.PHONY: chart
chart: ## Package the chart into dist/
	@mkdir -p $(DIST)
	$(GO) run -C charts ./package -out $(abspath $(DIST))
