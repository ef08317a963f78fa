// Package e2e proves Metronome on a real Kubernetes with a real Argo, reached through KUBECONFIG: it installs the chart as
// users do, runs storage providers and an S3 ledger in the cluster, starts runs in every way there is, breaks things in
// mid-run, and judges by what the providers stored and counted.
//
// A site is one installation in a namespace of its own: the chart, a ledger, and a simulated provider for each pool. Every
// test has its own site, so that tests run side by side; those that restart parts of the cluster run alone, at the end.
//
// They are a module of their own, because they install the chart with Helm's libraries. They need the build tag e2e; `make e2e` brings up a cluster, builds and loads the images, and runs them.
package e2e
