package period_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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
	for _, text := range []string{"", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", " 2026-01", "1899-12", "9999-01", "2026/01"} {
		_, err := period.Parse(text)
		require.ErrorContains(t, err, "want YYYY-MM, like 2026-12", "%q", text)
	}
	require.True(t, period.Period{}.IsZero())
}

func TestDays(t *testing.T) {
	t.Parallel()
	for text, end := range map[string]string{"2026-12": "2026-12-31", "2028-02": "2028-02-29", "2100-02": "2100-02-28", "2026-04": "2026-04-30"} {
		p, err := period.Parse(text)
		require.NoError(t, err)
		require.Equal(t, text+"-01", p.Start().Format(time.DateOnly))
		require.Equal(t, end, p.End().Format(time.DateOnly))
		require.Equal(t, time.UTC, p.End().Location())
	}
}

func TestOfIsInTheMomentsOwnZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.FixedZone("west", -5*3600))
	require.Equal(t, period.New(2026, time.December), period.Of(at))
	require.Equal(t, period.New(2027, time.January), period.Of(at.UTC()))
}

func TestFiscal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at                               period.Period
		fiscalYearEnd                    int
		wantYear, wantMonth, wantQuarter int
	}{
		{period.New(2026, 12), 12, 2026, 12, 4},
		{period.New(2027, 1), 12, 2027, 1, 1},
		{period.New(2026, 6), 6, 2026, 12, 4},
		{period.New(2026, 7), 6, 2027, 1, 1},
		{period.New(2026, 11), 6, 2027, 5, 2},
		{period.New(2026, 9), 9, 2026, 12, 4},
		{period.New(2026, 10), 9, 2027, 1, 1},
		{period.New(2026, 1), 1, 2026, 12, 4},
		{period.New(2026, 2), 1, 2027, 1, 1},
	}
	for _, test := range tests {
		require.Equal(t, test.wantYear, test.at.FiscalYear(test.fiscalYearEnd), "%s to %d", test.at, test.fiscalYearEnd)
		require.Equal(t, test.wantMonth, test.at.FiscalMonth(test.fiscalYearEnd), "%s to %d", test.at, test.fiscalYearEnd)
		require.Equal(t, test.wantQuarter, test.at.FiscalQuarter(test.fiscalYearEnd), "%s to %d", test.at, test.fiscalYearEnd)
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := period.New(rapid.IntRange(1901, 9000).Draw(r, "year"), time.Month(rapid.IntRange(1, 12).Draw(r, "month")))
		require.Equal(r, p, p.Next().Prior())
		require.Equal(r, p.Next().Start(), p.End().AddDate(0, 0, 1))
		require.Less(r, p.String(), p.Next().String(), "written, periods sort as they follow each other")
	})
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
