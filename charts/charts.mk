.PHONY: chart
chart: ## Package the chart into dist/
	@mkdir -p $(DIST)
	$(GO) run ./charts/package -out $(DIST)
