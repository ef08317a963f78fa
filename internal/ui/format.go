package ui

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Count writes a number with its noun: 1 entity, 2 entities, 3 batches.
func Count(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "ch"):
		noun += "es"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// orDash formats a value, and a zero one, which stands for an unknown value, as a dash.
func orDash[T comparable](format string, value T) string {
	var zero T
	if value == zero {
		return "-"
	}
	return fmt.Sprintf(format, value)
}

// shortDuration writes a duration for people: 850ms, 12s, 4m30s, 2h5m.
func shortDuration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	default:
		minutes := int(d.Round(time.Minute).Minutes())
		return fmt.Sprintf("%dh%dm", minutes/60, minutes%60)
	}
}

// estimateFormat shows a moment of the coming days to the minute, which is as exact as an estimate can be.
const estimateFormat = "Jan _2 15:04"

// PrintJSON prints a value as indented JSON, with <, > and & as they are.
func PrintJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
