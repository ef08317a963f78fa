//go:build e2e

package e2e

import (
	"github.com/stretchr/testify/require"

	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/test/installation"
	"metronome/test/simulator"
)

// requireReplicated judges by the providers' storage that every entity has its period, and by the ledger that there is a receipt
// for each of its stages.
func (s *site) requireReplicated(p period.Period) {
	s.t.Helper()
	stores := map[string]simulator.Snapshot{}
	for _, pool := range s.pools {
		files, err := s.providers.Files(s.t.Context(), pool.name)
		require.NoError(s.t, err)
		stores[pool.name] = files
	}
	judge := &installation.Installation{Ledger: s.ledger, Entities: s.entities}
	judge.RequireStored(s.t, p, stores)
	for _, e := range s.entities {
		for _, stage := range receipt.Stages {
			_, _, err := s.ledger.Get(s.t.Context(), ledger.ReceiptKey(e.ID, p, stage))
			require.NoError(s.t, err, "receipt of %s for %s", stage, e.ID)
		}
	}
}

// requireWithinLimits requires that no provider saw anything that it would object to: no more than the pool's rate, never two workers
// on an account, nothing replaced and nothing deleted.
func (s *site) requireWithinLimits() {
	s.t.Helper()
	for _, pool := range s.pools {
		counts := s.counts(pool.name)
		require.Zero(s.t, counts.Overwrites, "overwrites at %s", pool.name)
		require.Zero(s.t, counts.Deletes, "deletes at %s", pool.name)
		require.Zero(s.t, counts.Outcomes[simulator.Throttled], "throttled at %s", pool.name)
		require.Empty(s.t, counts.Exceeded(), "limits of %s", pool.name)
		for account, seen := range counts.Accounts {
			require.Zero(s.t, seen.Interleaved, "two workers at once on account %s", account)
		}
	}
}

func (s *site) counts(pool string) simulator.Counts {
	s.t.Helper()
	counts, err := s.providers.Counts(s.t.Context(), pool)
	require.NoError(s.t, err)
	return counts
}
