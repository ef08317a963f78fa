package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"metronome/internal/period"
	"metronome/internal/rollforward"
	"metronome/internal/strictyaml"
)

// Tokens that tell years apart, and those that tell months apart.
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
			v.Report("braces hold a token: "+strings.Join(rollforward.Tokens, " "), "a brace without its partner")
		case !slices.Contains(rollforward.Tokens, found):
			v.Report(strictyaml.DidYouMean(found, rollforward.Tokens), "unknown token %s", found)
		}
	}
}

// variesByMonth tells whether a text differs between any two periods.
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
