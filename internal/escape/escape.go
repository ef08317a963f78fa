// Package escape makes texts from elsewhere, a provider's answer or a customer's file name, safe to show: characters that would
// steer a terminal, or show a line in another order than it is written in, become visible escapes such as \u001b.
package escape

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isUnsafe reports whether a character acts instead of being shown: control characters but for the line feed and the tab, and
// the marks that change the direction of text or end a line (Unicode's Bidi_Control; LS, PS).
func isUnsafe(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// Text returns a text with every unsafe character, and every byte that is not UTF-8, escaped. The escapes are JSON's, so that a
// JSON document stays what it is.
func Text(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, isUnsafe) < 0 {
		return text
	}
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			out.WriteString(`\ufffd`)
		case isUnsafe(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Writer returns a writer that passes texts on to another one, made safe. What is written at once must be whole characters.
func Writer(out io.Writer) io.Writer { return writer{out} }

type writer struct{ out io.Writer }

func (w writer) Write(data []byte) (int, error) {
	if _, err := io.WriteString(w.out, Text(string(data))); err != nil {
		return 0, err
	}
	return len(data), nil
}
