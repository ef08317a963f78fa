package rollforward_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	const all = "{YYYY} {YY} {MM} {Month} {Mon} Q{Q} FY{FYYY} FY{FY} Q{FQ}"
	tests := []struct {
		text, period  string
		fiscalYearEnd int
		want          string
	}{
		{all, "2026-11", 12, "2026 26 11 November Nov Q4 FY2026 FY26 Q4"},
		{all, "2026-11", 6, "2026 26 11 November Nov Q4 FY2027 FY27 Q2"},
		{all, "2026-09", 9, "2026 26 09 September Sep Q3 FY2026 FY26 Q4"},
		{all, "2099-12", 3, "2099 99 12 December Dec Q4 FY2100 FY00 Q3"},
		{"no token", "2026-11", 12, "no token"},
		{"", "2026-11", 12, ""},
	}
	for _, test := range tests {
		got, err := rollforward.Expand(test.text, month(t, test.period), period.MonthlyCalendar(test.fiscalYearEnd))
		require.NoError(t, err)
		require.Equal(t, test.want, got)
	}
}

func TestExpandErrors(t *testing.T) {
	t.Parallel()
	for text, unknown := range map[string]string{
		"{yyyy}/{MM}": "{yyyy}", "{YYYY": "{", "MM}": "}", "{}": "{}", "{{MM}}": "{",
	} {
		_, err := rollforward.Expand(text, month(t, "2026-11"), period.MonthlyCalendar(12))
		require.ErrorContains(t, err, "unknown token "+unknown)
		require.Equal(t, failure.Data, failure.ClassOf(err))
		require.Contains(t, failure.HintOf(err), "{YYYY} {YY} {MM} {Month} {Mon} {Q} {FYYY} {FY} {FQ}")
	}
}
