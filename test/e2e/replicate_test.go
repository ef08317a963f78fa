//go:build e2e

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/run"
)

func TestWholeRun(t *testing.T) {
	t.Parallel()
	// Given four pools at four providers
	s := newSite(t, plan{pools: []pool{
		{name: "box", rate: 20, burst: 10, workers: 2, entities: 2},
		{name: "drive", rate: 40, burst: 20, workers: 2, entities: 1},
		{name: "egnyte", rate: 30, burst: 10, workers: 1, entities: 1},
		{name: "onedrive", rate: 50, burst: 20, workers: 2, entities: 3},
	}})
	// When a run of the period is submitted through the Argo client
	id := s.submit(december)
	// Then it succeeds, every file is at the providers, and receipts and report say so
	s.waitForSuccess(id)
	s.requireReplicated(december)
	s.requireWithinLimits()
	report := s.report(id)
	require.Equal(t, run.StateDone, report.State)
	require.Equal(t, run.Tally{Total: 7, Done: 7}, report.Entities)
	require.Len(t, report.Pools, 4)
	s.requireBoard(id)

	// When the same period is run again
	before := s.counts("box").Requests
	again := s.submit(december)
	// Then there is nothing to do, and no provider is asked anything
	s.waitForSuccess(again)
	require.Equal(t, run.Tally{Total: 7, Skipped: 7}, s.report(again).Entities)
	require.Equal(t, before, s.counts("box").Requests)
}
