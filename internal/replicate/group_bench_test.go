package replicate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/replicate"
	"metronome/internal/site"
	"metronome/internal/stage/stagetest"
)

// BenchmarkGroupMillion groups a million entities over 20 pools: reading and checking the catalog, sizing, packing and
// forecasting.
func BenchmarkGroupMillion(b *testing.B) {
	l := ledger.NewMemory()
	c := config.Config{Pools: map[string]config.Pool{}, Batch: config.Batch{Target: time.Minute}}
	for n := range 20 {
		c.Pools[fmt.Sprintf("pool%02d", n)] = config.Pool{Provider: "webdav", RequestsPerSecond: 100, Burst: 20, MaxWorkers: 10}
	}
	entities := make([]entity.Entity, 1_000_000)
	for n := range entities {
		entities[n] = entity.Entity{
			ID: entity.ID(fmt.Sprintf("company-%07d", n)), Name: fmt.Sprintf("Company %d, Inc.", n), Pool: fmt.Sprintf("pool%02d", n%20),
			Account: fmt.Sprintf("account-%05d", n/40), Remote: fmt.Sprintf("dav:account-%05d/Company %d/Close", n/40, n),
			Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		}
	}
	require.NoError(b, l.Put(b.Context(), ledger.EntitiesKey, catalog.Encode(entities)))
	require.NoError(b, l.Put(b.Context(), ledger.TemplateSetKey("standard"), []byte(stagetest.SmallTemplateSet)))
	for b.Loop() {
		grouping, err := replicate.Group(b.Context(), site.New(c, l), replicate.Options{Period: period.New(2026, 12), Now: time.Now()})
		require.NoError(b, err)
		require.Equal(b, 1_000_000, grouping.Plan(time.Now()).Entities.Total)
	}
}
