.PHONY: chart
chart: ## Package the chart into dist/
	@mkdir -p dist
	$(GO) run ./charts/package -out dist
