package rollforward

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chunk is a stretch of a name: digits, letters, or what is between them.
type chunk struct {
	kind       kind
	text       string
	becomes    periodPart // how it is written in the to period
	consumed   bool       // no later reading looks at it
	year       yearMatch  // where it is a year, or the month's number beside one
	notAPeriod bool       // it numbers something else, by what is before it: "Room 2026", "#2026"
}

type kind int

const (
	separator kind = iota
	digits
	letters
)

// segment is one name of a path while it is read.
type segment struct {
	*roller
	parents        parents
	chunks         []chunk
	extensionStart int // how many chunks there are before the file name's extension
	denotesMonth   bool
	denotesQuarter bool
	lastDay        bool          // it holds the last day of the from period
	firstDays      []replacement // what to do if so: the first day of the from period rolls too
}

// replacement says how a chunk is written in the to period.
type replacement struct {
	at      int
	becomes periodPart
}

func split(text string) []chunk {
	var chunks []chunk
	start := 0
	last := separator
	for i, r := range text {
		k := kindOf(r)
		if i > start && k != last {
			chunks = append(chunks, chunk{kind: last, text: text[start:i]})
			start = i
		}
		last = k
	}
	if start < len(text) {
		chunks = append(chunks, chunk{kind: last, text: text[start:]})
	}
	return chunks
}

// kindOf tells what a character belongs to. Digits of other scripts are letters here: nobody rolls them.
func kindOf(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return digits
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r):
		return letters
	default:
		return separator
	}
}

// maxExtension is the longest file name extension, in bytes without its dot.
const maxExtension = 5

// findExtensionStart counts the chunks before a file name's extension. "2026.Nov" has none: a month that follows a number is a
// month.
func findExtensionStart(chunks []chunk) int {
	for i := len(chunks) - 1; i > 0 && len(chunks)-i <= 4; i-- {
		if chunks[i].kind != separator {
			continue
		}
		first := i + 1
		if chunks[i].text != "." || first == len(chunks) || chunks[first].kind != letters || textLen(chunks[first:]) > maxExtension {
			return len(chunks)
		}
		if _, month := parseMonthName(chunks[first].text); month && chunks[i-1].kind == digits {
			return len(chunks)
		}
		return i
	}
	return len(chunks)
}

func textLen(chunks []chunk) int {
	n := 0
	for _, r := range chunks {
		n += len(r.text)
	}
	return n
}

// nextChunk returns the next chunk that is not a separator, and the separator between; -1 at the end of the name, or at the
// file name's extension.
func (s *segment) nextChunk(i int) (int, string) { return s.neighbor(i, 1) }

// previousChunk returns the chunk before that is not a separator, and the separator between; -1 at the beginning.
func (s *segment) previousChunk(i int) (int, string) { return s.neighbor(i, -1) }

func (s *segment) neighbor(i, step int) (int, string) {
	between := ""
	for j := i + step; j >= 0 && j < s.extensionStart; j += step {
		if s.chunks[j].kind != separator {
			return j, between
		}
		between = s.chunks[j].text
	}
	return -1, between
}

// adjacentChunk returns the chunk that touches another one; nil where there is none.
func (s *segment) adjacentChunk(i, step int) *chunk {
	if j, between := s.neighbor(i, step); j >= 0 && between == "" {
		return &s.chunks[j]
	}
	return nil
}

func (s *segment) hasKind(i int, k kind) bool {
	return i >= 0 && i < s.extensionStart && s.chunks[i].kind == k
}

// shortNumber reports whether a chunk is an unread number of one or two digits, and returns it.
func (s *segment) shortNumber(i int) (int, bool) {
	if !s.hasKind(i, digits) || s.chunks[i].consumed || len(s.chunks[i].text) > 2 || !s.standsAlone(i) {
		return 0, false
	}
	return s.value(i), true
}

func (s *segment) value(i int) int {
	n, err := strconv.Atoi(s.chunks[i].text)
	if err != nil {
		return -1 // longer than any number that means something here
	}
	return n
}

// standsAlone reports whether no letters touch a number, save those of a period: Nov2026, FY26, 2026Q4, 30th.
func (s *segment) standsAlone(i int) bool {
	before, after := s.adjacentChunk(i, -1), s.adjacentChunk(i, 1)
	return (before == nil || before.kind == digits || isPeriodWord(before.text) || isPeriodLetter(before.text)) &&
		(after == nil || after.kind == digits || isPeriodWord(after.text) || isOrdinalSuffix(after.text))
}

func isPeriodWord(text string) bool {
	_, month := parseMonthName(text)
	return month || strings.EqualFold(text, "Q") || isFiscalPrefix(text) || isCalendarPrefix(text)
}

func isPeriodLetter(text string) bool {
	return strings.EqualFold(text, "P") || strings.EqualFold(text, "Period")
}

func isOrdinalSuffix(text string) bool {
	switch strings.ToLower(text) {
	case "st", "nd", "rd", "th":
		return true
	default:
		return false
	}
}

// replaceWith replaces a chunk by a part of the to period.
func (s *segment) replaceWith(i int, becomes periodPart) {
	s.chunks[i].becomes, s.chunks[i].consumed = becomes, true
}

// markConsumed leaves chunks as they are and out of all further readings; it ignores indexes below 0.
func (s *segment) markConsumed(indexes ...int) {
	for _, i := range indexes {
		if i >= 0 {
			s.chunks[i].becomes, s.chunks[i].consumed = asIs, true
		}
	}
}

// isLooseSeparator reports whether a separator still lets a number and a word belong together: up to three of the usual
// separators.
func isLooseSeparator(between string) bool {
	return utf8.RuneCountInString(between) <= 3 && strings.Trim(between, " _-.,()[]–—'’") == ""
}

// isDateSeparator reports whether a separator is what people write inside a date.
func isDateSeparator(between string) bool {
	switch between {
	case "", " ", "-", "_", ".", ". ":
		return true
	default:
		return false
	}
}

func isApostrophe(between string) bool {
	between = strings.TrimLeft(between, " ")
	return between == "'" || between == "’"
}

// isRangeSeparator reports whether a separator joins two things to a range.
func isRangeSeparator(between string) bool {
	switch strings.TrimSpace(between) {
	case "-", "–", "—", "&", "+":
		return true
	default:
		return false
	}
}
