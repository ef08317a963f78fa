package strictyaml

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// number is JSON's grammar of numbers.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// Text reads text that is not empty. A date without quotes is text as well.
func (v Value) Text() (string, bool) {
	return v.scalar("text", "put it in quotes", "!!str", "!!timestamp")
}

// Label reads text that may look like a number, such as a ledger account; it is kept as it was written.
func (v Value) Label() (string, bool) {
	return v.scalar("text", "put it in quotes", "!!str", "!!timestamp", "!!int", "!!float")
}

func (v Value) scalar(expected, hint string, tags ...string) (string, bool) {
	v, ok := v.enter(yaml.ScalarNode, expected)
	switch {
	case !ok:
		return "", false
	case v.node.ShortTag() == "!!null" || v.node.Value == "":
		v.Report("", "expected %s, found nothing", expected)
		return "", false
	case !slices.Contains(tags, v.node.ShortTag()):
		v.Report(hint, "expected %s, found %s", expected, kindName(v.node))
		return "", false
	}
	return v.node.Value, true
}

// OneOf reads one of the given texts.
func (v Value) OneOf(options ...string) (string, bool) {
	text, ok := v.Text()
	if !ok || slices.Contains(options, text) {
		return text, ok
	}
	if len(options) <= fewOptions {
		v.Report(nearest(text, options), "expected one of %s", strings.Join(options, ", "))
	} else {
		v.Report(DidYouMean(text, options), "unknown")
	}
	return "", false
}

// Float reads a number from least to most.
func (v Value) Float(least, most float64) (float64, bool) {
	text, ok := v.scalar("a number", "write a number without quotes", "!!int", "!!float")
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case !number.MatchString(text):
		v.Report("digits, like 16 or 0.5", "expected a number")
	case err != nil || value < least || value > most:
		v.Report("", "expected %s to %s", format(least), format(most))
	default:
		return value, true
	}
	return 0, false
}

// Int reads a whole number from least to most; both must be below 2^53.
func (v Value) Int(least, most int64) (int64, bool) {
	value, ok := v.Float(float64(least), float64(most))
	if ok && value != float64(int64(value)) {
		v.Report("", "expected a whole number")
		return 0, false
	}
	return int64(value), ok
}

func format(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// Bool reads true or false.
func (v Value) Bool() (value, ok bool) {
	text, ok := v.scalar("true or false", "write true or false without quotes", "!!bool")
	if !ok {
		return false, false
	}
	if text != "true" && text != "false" {
		v.Report("in lower case", "expected true or false")
		return false, false
	}
	return text == "true", true
}

// Duration reads a Go duration, such as 90s or 1m30s, from least to most.
func (v Value) Duration(least, most time.Duration) (time.Duration, bool) {
	text, ok := v.scalar("a duration", "with its unit, like 90s or 1m30s", "!!str")
	if !ok {
		return 0, false
	}
	value, err := time.ParseDuration(text)
	switch {
	case err != nil:
		v.Report("with its unit, like 90s or 1m30s", "expected a duration")
	case value < least || value > most:
		v.Report("", "expected %s to %s", short(least), short(most))
	default:
		return value, true
	}
	return 0, false
}

// Date reads a day written YYYY-MM-DD; it comes back as midnight UTC.
func (v Value) Date() (time.Time, bool) {
	text, ok := v.Text()
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		v.Report("", "expected a date, like 2026-11-27")
		return time.Time{}, false
	}
	return day, true
}
