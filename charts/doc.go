// Package charts has no code of its own: its tests install the chart in every way that its ci values describe, as far as
// Helm and Argo's validator go without a cluster.
package charts
