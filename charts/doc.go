// Package charts has no code of its own: its tests install the chart in every way that its ci values describe, as far as
// Helm and Argo's validator go without a cluster. It is a module of its own, so that Helm's libraries are none of the product's.
package charts
