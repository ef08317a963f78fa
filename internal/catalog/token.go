package catalog

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"metronome/internal/strictyaml"
)

// Tokens that package rollforward expands: those that tell years apart, those that tell months apart, and the others.
var (
	yearTokens  = []string{"{YYYY}", "{YY}", "{FYYY}", "{FY}"}
	monthTokens = []string{"{MM}", "{Month}", "{Mon}"}
	allTokens   = slices.Concat(yearTokens, monthTokens, []string{"{Q}", "{FQ}"})
)

// braced finds tokens, and braces that belong to none.
var braced = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// reportTokens reports what stands in braces and is no token.
func reportTokens(v strictyaml.Value, text string) {
	for _, found := range braced.FindAllString(text, -1) {
		switch {
		case len(found) == 1:
			v.Report("braces hold a token: "+strings.Join(allTokens, " "), "a brace without its partner")
		case !slices.Contains(allTokens, found):
			v.Report(strictyaml.DidYouMean(found, allTokens), "unknown token %s", found)
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

// longestExpansion counts the characters of a text with its tokens expanded: {Month} to September, the others to no more
// than they have themselves.
func longestExpansion(text string) int {
	return utf8.RuneCountInString(strings.ReplaceAll(text, "{Month}", "September"))
}
