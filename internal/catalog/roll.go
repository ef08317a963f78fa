package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/provider/kind"
	"metronome/internal/rollforward"
	"metronome/internal/strictyaml"
)

// checkRolls rolls a valid set through a year, as its entities will: the first period is made of the patterns, but every
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
			names := rollforward.NameRoller{From: at, To: periods.Next(at), Periods: periods, Style: folders.Style}
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

// checkRoll compares what rolling texts leads to with what their patterns give. A text is reported once.
func checkRoll(texts []pathAt, names rollforward.NameRoller, roll func(string) string, reported map[strictyaml.Value]bool) {
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

// checkLengths measures the longest paths at the entity that lies deepest.
func (r *setReader) checkLengths(need Requirements) {
	above := utf8.RuneCountInString(need.Path) + 1
	if need.Path == "" {
		above = 0
	}
	for _, p := range r.paths {
		if n := above + utf8.RuneCountInString(longest(p.path)); n > kind.MaxPathCharacters && need.Path != "" {
			p.at.Report("shorten the path here or in the catalog",
				"the path is up to %d characters long at entity %s, expected at most %d", n, need.Deepest, kind.MaxPathCharacters)
		}
	}
}

// checkCollisions expands all paths in every month with every fiscal year end, and finds those that become one: {Month} and
// {Mon} in May, {YYYY} and {FYYY} in half of the months. A pair is reported once.
func (r *setReader) checkCollisions() {
	reported := map[string]bool{}
	for month := time.January; month <= time.December; month++ {
		for fiscalYearEnd := 1; fiscalYearEnd <= 12; fiscalYearEnd++ {
			r.collisions(period.New(2026, month), period.MonthlyCalendar(fiscalYearEnd), reported)
		}
	}
}

func (r *setReader) collisions(at period.Period, periods period.Calendar, reported map[string]bool) {
	first := map[string]pathAt{}
	for _, p := range r.paths {
		expanded, err := rollforward.Expand(p.path, at, periods)
		if err != nil {
			continue
		}
		other, taken := first[kind.Fold(expanded)]
		if !taken {
			first[kind.Fold(expanded)] = p
			continue
		}
		if kind.Fold(other.path) != kind.Fold(p.path) && !reported[p.path] {
			reported[p.path] = true
			p.at.Report("", "becomes %q in %s with %s, as %s on line %d does",
				expanded, at, periods, other.at.Key(), other.at.Line())
		}
	}
}

// Tokens by which years differ, and those by which months differ.
var (
	yearTokens  = []string{"{YYYY}", "{YY}", "{FYYY}", "{FY}"}
	monthTokens = []string{"{MM}", "{Month}", "{Mon}"}
)

// braced finds tokens, and braces that belong to none.
var braced = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// reportTokens reports what stands in braces and is no token.
func reportTokens(v strictyaml.Value, text string) {
	for _, found := range braced.FindAllString(text, -1) {
		switch {
		case len(found) == 1:
			v.Report("braces hold a token: "+strings.Join(rollforward.Tokens, " "), "unmatched brace")
		case !slices.Contains(rollforward.Tokens, found):
			v.Report(strictyaml.DidYouMean(found, rollforward.Tokens), "unknown token %s", found)
		}
	}
}

// variesByMonth reports whether a text differs between any two periods.
func variesByMonth(text string) bool {
	return containsAny(text, yearTokens) && containsAny(text, monthTokens)
}

func containsAny(text string, tokens []string) bool {
	return slices.ContainsFunc(tokens, func(token string) bool { return strings.Contains(text, token) })
}

// longest expands a text to the longest that it becomes: in September. A text with unknown tokens stays.
func longest(text string) string {
	expanded, err := rollforward.Expand(text, period.New(2026, time.September), period.Calendar{})
	if err != nil {
		return text
	}
	return expanded
}
