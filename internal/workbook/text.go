package workbook

import (
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// longestCell is what a cell holds, in UTF-16 code units.
const longestCell = 32767

// clean takes out what XML does not bear, writes line ends as one character, and cuts what a cell does not hold.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n':
			return r
		case r < 0x20, r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, text)
	if len(text) <= longestCell {
		return text
	}
	return cut(text)
}

// cut shortens a text to what a cell holds, and ends it with an ellipsis that says so.
func cut(text string) string {
	units := 0
	end := 0
	for i, r := range text {
		units += max(1, utf16.RuneLen(r))
		if units <= longestCell-1 {
			end = i + utf8.RuneLen(r)
		}
	}
	if units <= longestCell {
		return text
	}
	return text[:end] + "…"
}

// looksLikeFormula reports whether a spreadsheet would take a text for a formula if somebody typed it.
func looksLikeFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@\t", rune(text[0]))
}

// escaped finds what the format takes for a character's number, such as _x0041_ for A.
var escaped = regexp.MustCompile(`_(x[0-9a-fA-F]{4}_)`)

// literal writes a text so that what looks like a character's number is read as it is.
func literal(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllString(text, "_x005F_$1")
}

// linesOf estimates how many lines a text takes in a column of so many characters; wide characters count twice.
func linesOf(text string, width int) int {
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		used := 0
		for _, r := range line {
			used++
			if r >= 0x1100 {
				used++
			}
		}
		lines += max(1, (used+width-1)/width)
	}
	return lines
}
