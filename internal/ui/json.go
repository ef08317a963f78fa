package ui

import (
	"encoding/json"
	"io"
)

// PrintJSON prints a value as indented JSON, with <, > and & as they are.
func PrintJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
