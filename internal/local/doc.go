// Package local executes a run on one machine: the same grouping, beats, stages and report as on Argo, with worker processes
// in place of worker Workflows and a timer in place of the suspended step. One process serves one batch, so that it has one
// pool's limiter, exactly as a container does.
package local
