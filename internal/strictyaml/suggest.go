package strictyaml

import (
	"fmt"
	"strings"
)

// maxEdits is the most edits, beside two, that still make a typing mistake.
const maxEdits = 5

// fewOptions is how many options a message lists: no fewer than there are providers.
const fewOptions = 16

// DidYouMean returns the hint `did you mean "burst"?` for the option nearest to a word, or lists the options where none is near.
func DidYouMean(word string, options []string) string {
	hint := nearest(word, options)
	switch {
	case hint != "" || len(options) == 0:
		return hint
	case len(options) <= fewOptions:
		return "known: " + strings.Join(options, ", ")
	default:
		return "known: " + strings.Join(options[:fewOptions], ", ") + ", …"
	}
}

// nearest returns the hint for the nearest option, "" where none is near. Of two the one that begins alike is nearer.
func nearest(word string, options []string) string {
	word = strings.ToLower(word)
	found, least, alike := "", min(len(word)/3, maxEdits)+2, 0
	for _, option := range options {
		d, prefix := distance(word, strings.ToLower(option)), commonPrefix(word, strings.ToLower(option))
		if d < least || d == least && found != "" && prefix > alike {
			found, least, alike = option, d, prefix
		}
	}
	if found == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", found)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance counts the single-byte edits between two words (Levenshtein); words that differ much in length are far apart.
func distance(a, b string) int {
	const far = 100
	if len(a) > far || len(b) > far {
		return far
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
