package rollforward_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"metronome/internal/content"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

// TestRollMatchesExpand makes a tree of templates, rolls it for up to three years by its names alone, and compares it
// with what the templates make of the last month.
func TestRollMatchesExpand(t *testing.T) {
	t.Parallel()
	above := []string{
		"{YYYY}", "FY{FYYY}", "FY {FY}", "{FYYY}", "Close {YYYY}", "{YYYY} Q{Q}", "{YYYY}/Q{Q}", "FY{FYYY}/Q{FQ}", "FY{FY} Q{FQ}",
		"Q{Q} {YYYY}", "{Q}Q{YY}", "{YYYY}-Q{Q}",
	}
	months := []string{
		"{MM} {Month}", "{MM} - {Month} {YYYY}", "{Mon} {YYYY}", "{Mon}-{YY}", "{YYYY}-{MM}", "{YYYY}{MM}", "{YYYY}.{MM}",
		"{MM}-{YYYY}", "{Month}", "{YYYY}_{MM} Close", "{MM}", "{Month} {YYYY}", "FY{FY} {Mon}", "{YYYY}-{MM} {Month}",
	}
	below := []string{"11 Fixed Assets", "Invoice 12", "Bank {YYYY}.{MM}", "Model 2026A", "Q&A", "1000 Cash {YYYY}-{MM}", "05 Notes"}
	rapid.Check(t, func(r *rapid.T) {
		root := rapid.SampledFrom(above).Draw(r, "above") + "/" + rapid.SampledFrom(months).Draw(r, "month")
		set := content.TemplateSet{Folders: []string{root, root + "/" + rapid.SampledFrom(below).Draw(r, "below")}}
		periods := period.MonthlyCalendar(rapid.IntRange(1, 12).Draw(r, "fiscal year end"))
		p := period.New(rapid.IntRange(2019, 2040).Draw(r, "year"), time.Month(rapid.IntRange(1, 12).Draw(r, "month of year")))
		made, err := rollforward.Folders(nil, set, p, periods)
		require.NoError(r, err)
		for range rapid.IntRange(1, 36).Draw(r, "months") {
			p = periods.Next(p)
			made, err = rollforward.Folders(&made, content.TemplateSet{}, p, periods)
			require.NoError(r, err)
		}
		for _, pattern := range set.Folders {
			want, err := rollforward.Expand(pattern, p, periods)
			require.NoError(r, err)
			require.Contains(r, made.Paths, want, "%s, %s", periods, p)
		}
	})
}

// TestUnrelatedNamesUnchanged rolls texts without a month's name, a quarter or a year.
func TestUnrelatedNamesUnchanged(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{
		"Invoice", "11", "12", "1", "31", "Mayor", "Marching", "Octopus", "Decor", "FYI", "Qs", "999", "12345", "3.14", "1-2-3", "v2",
		"Bank", "#11", "&", "A1", "Q", "FY", "P", "Ä", "税", "٢٠٢٦",
	})
	rapid.Check(t, func(r *rapid.T) {
		separator := rapid.SampledFrom([]string{" ", "-", "_", "/", ".", " - "}).Draw(r, "separator")
		name := strings.Join(rapid.SliceOfN(words, 1, 6).Draw(r, "words"), separator)
		from := period.New(2026, time.Month(rapid.IntRange(1, 12).Draw(r, "month")))
		periods := period.MonthlyCalendar(rapid.IntRange(1, 12).Draw(r, "fiscal year end"))
		require.Equal(r, name, rollName(name, from, periods.Next(from), periods))
	})
}

// FuzzRollName checks what holds for any name: rolling to the same period changes nothing, and rolling keeps the depth.
func FuzzRollName(f *testing.F) {
	for _, name := range []string{
		"2026/11 November/Bank 30.11.2026.pdf", "FY26-27 Q2", "20261130", "1 Nov - 30 Nov '26", "4Q26.Nov", "\xff2026-11\x00", "2026-11-",
	} {
		f.Add(name, 11, 12)
	}
	f.Fuzz(func(t *testing.T, name string, monthOfYear, fiscalYearEnd int) {
		from := period.New(2026, time.Month(1+(monthOfYear%12+12)%12))
		periods := period.MonthlyCalendar(1 + (fiscalYearEnd%12+12)%12)
		rolled := rollName(name, from, periods.Next(from), periods)
		require.Equal(t, strings.Count(name, "/"), strings.Count(rolled, "/"))
		if lower := strings.ToLower(name); strings.Contains(lower, "sept") || strings.ContainsAny(lower, "\x00") || hasInvalidOrdinal(lower) {
			return // Sept becomes Sep, 30st becomes 30th
		}
		require.Equal(t, name, rollName(name, from, from, periods))
	})
}

func hasInvalidOrdinal(name string) bool {
	for _, suffix := range []string{"0st", "1th", "8st", "9st", "nd", "rd", "1TH"} {
		if strings.Contains(name, suffix) {
			return true
		}
	}
	return false
}
