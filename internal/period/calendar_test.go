package period_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"metronome/internal/period"
)

func TestDays(t *testing.T) {
	t.Parallel()
	months := period.MonthlyCalendar(12)
	for text, end := range map[string]string{"2026-12": "2026-12-31", "2028-02": "2028-02-29", "2100-02": "2100-02-28", "2026-04": "2026-04-30"} {
		p, err := period.Parse(text)
		require.NoError(t, err)
		require.Equal(t, text+"-01", months.Start(p).Format(time.DateOnly))
		require.Equal(t, end, months.End(p).Format(time.DateOnly))
		require.Equal(t, time.UTC, months.End(p).Location())
	}
}

func TestFiscal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at                    period.Period
		fiscalYearEnd         int
		year, number, quarter int
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
		months := period.MonthlyCalendar(test.fiscalYearEnd)
		require.Equal(t, test.year, months.FiscalYear(test.at), "%s with %s", test.at, months)
		require.Equal(t, test.number, months.Number(test.at), "%s with %s", test.at, months)
		require.Equal(t, test.quarter, months.FiscalQuarter(test.at), "%s with %s", test.at, months)
		require.Equal(t, test.number%3 == 0, months.EndsQuarter(test.at), "%s with %s", test.at, months)
		require.Equal(t, test.number%6 == 0, months.EndsHalf(test.at), "%s with %s", test.at, months)
		require.Equal(t, test.number == 12, months.EndsYear(test.at), "%s with %s", test.at, months)
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := period.New(rapid.IntRange(1901, 9000).Draw(r, "year"), time.Month(rapid.IntRange(1, 12).Draw(r, "month")))
		months := period.MonthlyCalendar(rapid.IntRange(1, 12).Draw(r, "fiscal year end"))
		next := months.Next(p)
		require.Equal(r, p, months.Prior(next))
		require.Equal(r, months.Start(next), months.End(p).AddDate(0, 0, 1))
		require.Less(r, p.String(), next.String(), "written, periods sort as they follow each other")
	})
}

func TestZeroCalendar(t *testing.T) {
	t.Parallel()
	require.Equal(t, period.Calendar{}, period.MonthlyCalendar(12))
	require.NotEqual(t, period.MonthlyCalendar(12), period.MonthlyCalendar(6))
	require.Equal(t, "a fiscal year that ends in month 12", period.Calendar{}.String())
	require.Equal(t, "a fiscal year that ends in month 6", period.MonthlyCalendar(6).String())
}
