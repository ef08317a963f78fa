package period_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/period"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1900-01", "2026-12", "9998-12"} {
		p, err := period.Parse(text)
		require.NoError(t, err)
		require.Equal(t, text, p.String())
		require.False(t, p.IsZero())
	}
	for _, text := range []string{"", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", " 2026-01", "2026/01"} {
		_, err := period.Parse(text)
		require.ErrorContains(t, err, "expected YYYY-MM, like 2026-12", "%q", text)
	}
	require.True(t, period.Period{}.IsZero())
}

func TestParseSaysTheRange(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1899-12", "9999-01", "0000-01"} {
		_, err := period.Parse(text)
		require.ErrorContains(t, err, "periods are from 1900-01 to 9998-12", text)
	}
	for _, text := range []string{"1900-01", "9998-12"} {
		_, err := period.Parse(text)
		require.NoError(t, err)
	}
}

func TestOfIsInTheMomentsOwnZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.FixedZone("west", -5*3600))
	require.Equal(t, period.New(2026, time.December), period.Of(at))
	require.Equal(t, period.New(2027, time.January), period.Of(at.UTC()))
}

func TestText(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(period.New(2026, 12))
	require.NoError(t, err)
	require.JSONEq(t, `"2026-12"`, string(text))
	var p period.Period
	require.NoError(t, json.Unmarshal(text, &p))
	require.Equal(t, period.New(2026, 12), p)
	require.Error(t, json.Unmarshal([]byte(`"2026"`), &p))
}
