package catalog

import (
	"strings"
	"time"

	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
	"metronome/internal/strictyaml"
)

// checkRolls rolls a sound set through a year, as its entities will: the first period is made of the patterns, but every
// later one of the names before it. So a name must tell its period to a reader who does not know the pattern, and the tree
// must have a folder that holds the period alone.
func (r *setReader) checkRolls(root strictyaml.Value, calendars []period.Calendar) {
	if root.Problems() > 0 {
		return
	}
	reported := map[strictyaml.Value]bool{}
	for _, periods := range calendars {
		for at := firstPeriod; at.Year() == firstPeriod.Year(); at = periods.Next(at) {
			folders, err := rollforward.Folders(nil, r.set, at, periods)
			if err != nil {
				root.ReportSecret(failure.HintOf(err), "cannot make %s with %s: %v",
					at, periods, err)
				return
			}
			names := rollforward.Names{From: at, To: periods.Next(at), Periods: periods, Style: folders.Style}
			checkRoll(r.paths, names, names.Roll, reported)
			checkRoll(r.titles, names, names.RollText, reported)
		}
	}
}

// shortMonths makes names comparable that differ in how they write the month: May reads alike in both ways, so a set that
// uses both goes on from it in one of them.
var shortMonths = func() *strings.Replacer {
	var pairs []string
	for month := time.January; month <= time.December; month++ {
		pairs = append(pairs, month.String(), month.String()[:3])
	}
	return strings.NewReplacer(pairs...)
}()

// checkRoll compares what rolling texts gives with what their patterns give. A text is reported once.
func checkRoll(texts []placed, names rollforward.Names, roll func(string) string, reported map[strictyaml.Value]bool) {
	for _, t := range texts {
		before, want := expand(t.path, names.From, names.Periods), expand(t.path, names.To, names.Periods)
		if got := roll(before); shortMonths.Replace(got) != shortMonths.Replace(want) && !reported[t.at] {
			reported[t.at] = true
			t.at.Report("write the period so that it can be read back, like {YYYY}/{MM} {Month}, {YYYY}-{MM} or FY{FY} Q{FQ}",
				"%q of %s rolls to %q, not to %q, with %s",
				before, names.From, got, want, names.Periods)
		}
	}
}

func expand(text string, at period.Period, periods period.Calendar) string {
	expanded, err := rollforward.Expand(text, at, periods)
	if err != nil {
		return text
	}
	return expanded
}
