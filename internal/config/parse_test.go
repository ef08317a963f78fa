package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/config"
	"metronome/internal/ledger"
)

const full = `
ledger: file:ledger
rclone: rclone.conf
pools:
  box:
    provider: box
    requestsPerSecond: 16
    burst: 16
    maxWorkers: 8
    account: {requestsPerSecond: 4, burst: 4}
    budget: {day: 100000, month: 2000000}
  drops:
    provider: dropbox
  drops-fast:
    provider: dropbox
    serialWrites: false
calendars:
  US: {country: US, holidays: [2026-11-27]}
batch: {target: 90s}
beat: {min: 2s, max: 1m}
`

func TestParseReadsEverything(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("/etc/metronome/metronome.yaml", []byte(full))
	require.NoError(t, err)
	require.Equal(t, config.Config{
		Ledger: ledger.Location{Directory: "/etc/metronome/ledger"},
		Rclone: "/etc/metronome/rclone.conf",
		Pools: map[string]config.Pool{
			"box": {
				Provider: "box", RequestsPerSecond: 16, Burst: 16, MaxWorkers: 8,
				Account: config.Limit{RequestsPerSecond: 4, Burst: 4}, Budget: config.Budget{Day: 100000, Month: 2000000},
			},
			"drops":      {Provider: "dropbox", MaxWorkers: 4, SerialWrites: true},
			"drops-fast": {Provider: "dropbox", MaxWorkers: 4},
		},
		Calendars: map[string]calendar.Spec{
			"US": {Country: "US", Holidays: []time.Time{time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}},
		},
		Batch: config.Batch{Target: 90 * time.Second},
		Beat:  config.Beat{Min: 2 * time.Second, Max: time.Minute},
	}, got)
}
