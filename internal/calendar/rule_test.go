package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"metronome/internal/calendar"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

func TestParseRule(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"BD1", "BD3", "BD90", "BD-1", "BD-23", "D1", "D15", "D366", "EOM"} {
		require.Equal(t, text, rule(t, text).String())
		require.False(t, rule(t, text).IsZero())
	}
	require.True(t, calendar.Rule{}.IsZero())
}

func TestParseRuleErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":      "due: not a due date rule",
		"BD0":   `due "BD0": there is no BD0: the last working day in the period is BD-1, the first one after it BD1`,
		"BD-0":  `due "BD-0": there is no BD0: the last working day in the period is BD-1, the first one after it BD1`,
		"D0":    `due "D0": there is no D0: days are counted from 1, and the period's last day is EOM`,
		"bd3":   `due "bd3": not a due date rule`,
		"BD":    `due "BD": not a due date rule`,
		"BD+3":  `due "BD+3": not a due date rule`,
		"D-1":   `due "D-1": not a due date rule`,
		"BD03":  `due "BD03": write BD3`,
		"BD91":  `due "BD91": too far away: at most 90`,
		"D400":  `due "D400": too far away: at most 366`,
		"EOM+1": `due "EOM+1": not a due date rule`,
	}
	for text, want := range tests {
		_, err := calendar.ParseRule(text)
		require.EqualError(t, err, want)
		require.Equal(t, failure.Data, failure.ClassOf(err))
		require.NotEmpty(t, failure.HintOf(err))
	}
}

func TestFirstAfter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		first, second string
		close         entity.CloseConvention
		want          string // "" never
	}{
		{"BD3", "BD3", "", ""},
		{"BD3", "BD5", "", ""},
		{"BD5", "BD3", "", "2026-12"},
		{"BD-2", "BD-1", "", ""},
		{"BD-1", "BD-2", "", "2026-12"},
		{"BD-1", "EOM", "", ""},
		{"EOM", "BD-1", "", "2027-01"}, // December ends on a Thursday, January on a Sunday
		{"EOM", "BD1", "", ""},
		{"EOM", "D1", "", ""},
		{"D3", "BD3", "", ""},
		{"D5", "BD3", "", "2027-01"}, // 3 February
		{"BD3", "D10", "", ""},
		{"BD3", "D5", "", "2026-12"},
		{"BD10", "D15", "", "2028-06"}, // 17 July
		{"BD3", "BD-1", entity.NonClose, ""},
		{"EOM", "BD1", entity.NonClose, "2026-12"},
		{"BD30", "BD40", entity.NonClose, ""},
		{"D31", "BD31", entity.NonClose, "2027-01"}, // both end with the month, but 31 January is a Sunday
		{"D5", "EOM", entity.NonClose, ""},
	}
	us := makeCalendar(t, calendar.Spec{Country: "US"})
	for _, test := range tests {
		t.Run(test.first+" "+test.second+" "+string(test.close), func(t *testing.T) {
			t.Parallel()
			p, after := us.FirstOrderViolation(rule(t, test.first), rule(t, test.second), test.close, period.MonthlyCalendar(12), month(t, "2026-12"))
			require.Equal(t, test.want != "", after)
			if after {
				require.Equal(t, test.want, p.String())
			}
		})
	}
}

// TestOrderHolds checks what FirstOrderViolation claims against the due dates themselves.
func TestOrderHolds(t *testing.T) {
	t.Parallel()
	us := makeCalendar(t, calendar.Spec{Country: "US"})
	rules := rapid.SampledFrom([]string{"BD1", "BD2", "BD8", "BD-1", "BD-9", "D1", "D5", "D12", "D31", "EOM"})
	closes := rapid.SampledFrom([]entity.CloseConvention{"", entity.StandardClose, entity.NonClose})
	rapid.Check(t, func(r *rapid.T) {
		first, second := rule(t, rules.Draw(r, "first")), rule(t, rules.Draw(r, "second"))
		convention, from := closes.Draw(r, "close"), month(t, "2020-01")
		if _, after := us.FirstOrderViolation(first, second, convention, period.MonthlyCalendar(12), from); after {
			return
		}
		for range rapid.IntRange(0, 27*12).Draw(r, "months") {
			from = period.MonthlyCalendar(12).Next(from)
		}
		require.False(r, us.Due(first, from, period.MonthlyCalendar(12), convention).After(us.Due(second, from, period.MonthlyCalendar(12), convention)), "%s", from)
	})
}

func BenchmarkFirstAfter(b *testing.B) {
	us, err := calendar.New(calendar.Spec{Country: "US"})
	require.NoError(b, err)
	first, _ := calendar.ParseRule("D3")
	second, _ := calendar.ParseRule("BD-1")
	p := period.New(2026, 12)
	for b.Loop() {
		us.FirstOrderViolation(second, first, entity.NonClose, period.MonthlyCalendar(12), p)
	}
}
