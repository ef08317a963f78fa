package rollforward

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"metronome/internal/failure"
	"metronome/internal/period"
)

// Tokens lists what a template's texts may hold: {YYYY} 2026, {YY} 26, {MM} 11, {Month} November, {Mon} Nov, {Q} 4 (calendar
// quarter), {FYYY} 2027, {FY} 27 (fiscal year), {FQ} 2 (fiscal quarter).
var Tokens = []string{"{YYYY}", "{YY}", "{MM}", "{Month}", "{Mon}", "{Q}", "{FYYY}", "{FY}", "{FQ}"}

var braced = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// Expand puts a period into a template's text, or fails with a Data error that lists the tokens there are.
func Expand(text string, p period.Period, periods period.Calendar) (string, error) {
	if !strings.ContainsAny(text, "{}") {
		return text, nil
	}
	var unknown string
	expanded := braced.ReplaceAllStringFunc(text, func(token string) string {
		value, known := tokenValue(token, p, periods)
		if !known && unknown == "" {
			unknown = token
		}
		return value
	})
	if unknown != "" {
		return "", failure.New(failure.Data, "template", text, "the tokens are "+strings.Join(Tokens, " "),
			"unknown token %s", unknown)
	}
	return expanded, nil
}

func tokenValue(token string, p period.Period, periods period.Calendar) (string, bool) {
	switch token {
	case "{YYYY}":
		return fmt.Sprintf("%04d", p.Year()), true
	case "{YY}":
		return fmt.Sprintf("%02d", p.Year()%100), true
	case "{MM}":
		return fmt.Sprintf("%02d", int(p.Month())), true
	case "{Month}":
		return p.Month().String(), true
	case "{Mon}":
		return p.Month().String()[:3], true
	case "{Q}":
		return strconv.Itoa(p.Quarter()), true
	case "{FYYY}":
		return fmt.Sprintf("%04d", periods.FiscalYear(p)), true
	case "{FY}":
		return fmt.Sprintf("%02d", periods.FiscalYear(p)%100), true
	case "{FQ}":
		return strconv.Itoa(periods.FiscalQuarter(p)), true
	default:
		return "", false
	}
}
