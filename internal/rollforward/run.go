package rollforward

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a stretch of a name: digits, letters, or what is between them.
type run struct {
	kind     kind
	text     string
	becomes  field       // how it is written in the to period
	done     bool        // read: no later reading takes it
	year     yearReading // where it is a year, or the month's number beside one
	numbered bool        // a word before it says that it numbers something: "Room 2026"
}

type kind int

const (
	gap kind = iota
	digits
	letters
)

// segment is one name of a path while it is read.
type segment struct {
	*roller
	above          setting
	runs           []run
	stem           int // how many runs there are before the file name's extension
	denotesMonth   bool
	denotesQuarter bool
	lastDay        bool         // it holds the last day of the from period
	firstDays      []assignment // what to do if so: the first day of the from period rolls too
}

// assignment says how a run is written in the to period.
type assignment struct {
	at      int
	becomes field
}

func split(text string) []run {
	var runs []run
	start := 0
	last := gap
	for i, r := range text {
		k := kindOf(r)
		if i > start && k != last {
			runs = append(runs, run{kind: last, text: text[start:i]})
			start = i
		}
		last = k
	}
	if start < len(text) {
		runs = append(runs, run{kind: last, text: text[start:]})
	}
	return runs
}

// kindOf tells what a character belongs to. Digits of other scripts are letters here: nobody rolls them.
func kindOf(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return digits
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r):
		return letters
	default:
		return gap
	}
}

// maxExtension is the longest file name extension, in bytes without its dot.
const maxExtension = 5

// stemOf counts the runs before a file name's extension. "2026.Nov" has none: a month that follows a number is a month.
func stemOf(runs []run) int {
	for i := len(runs) - 1; i > 0 && len(runs)-i <= 4; i-- {
		if runs[i].kind != gap {
			continue
		}
		first := i + 1
		if runs[i].text != "." || first == len(runs) || runs[first].kind != letters || textLen(runs[first:]) > maxExtension {
			return len(runs)
		}
		if _, month := monthOf(runs[first].text); month && runs[i-1].kind == digits {
			return len(runs)
		}
		return i
	}
	return len(runs)
}

func textLen(runs []run) int {
	n := 0
	for _, r := range runs {
		n += len(r.text)
	}
	return n
}

// right gives the next run that is not a gap, and the gap between; -1 at the end of the stem.
func (s *segment) right(i int) (int, string) { return s.beside(i, 1) }

// left gives the run before that is not a gap, and the gap between; -1 at the beginning.
func (s *segment) left(i int) (int, string) { return s.beside(i, -1) }

func (s *segment) beside(i, step int) (int, string) {
	between := ""
	for j := i + step; j >= 0 && j < s.stem; j += step {
		if s.runs[j].kind != gap {
			return j, between
		}
		between = s.runs[j].text
	}
	return -1, between
}

// attached gives the run that touches another one; nil where there is none.
func (s *segment) attached(i, step int) *run {
	if j, between := s.beside(i, step); j >= 0 && between == "" {
		return &s.runs[j]
	}
	return nil
}

func (s *segment) is(i int, k kind) bool { return i >= 0 && i < s.stem && s.runs[i].kind == k }

// short tells whether a run is an unread number of one or two digits, and gives it.
func (s *segment) short(i int) (int, bool) {
	if !s.is(i, digits) || s.runs[i].done || len(s.runs[i].text) > 2 || !s.free(i) {
		return 0, false
	}
	return s.value(i), true
}

func (s *segment) value(i int) int {
	n, err := strconv.Atoi(s.runs[i].text)
	if err != nil {
		return -1 // longer than any number that means something here
	}
	return n
}

// free tells whether no letters touch a number, save those of a period: Nov2026, FY26, 2026Q4, 30th.
func (s *segment) free(i int) bool {
	before, after := s.attached(i, -1), s.attached(i, 1)
	return (before == nil || before.kind == digits || isPeriodWord(before.text) || isPeriodLetter(before.text)) &&
		(after == nil || after.kind == digits || isPeriodWord(after.text) || isSuffix(after.text))
}

func isPeriodWord(text string) bool {
	_, month := monthOf(text)
	return month || strings.EqualFold(text, "Q") || isFiscalPrefix(text) || isCalendarPrefix(text)
}

func isPeriodLetter(text string) bool {
	return strings.EqualFold(text, "P") || strings.EqualFold(text, "Period")
}

func isSuffix(text string) bool {
	switch strings.ToLower(text) {
	case "st", "nd", "rd", "th":
		return true
	default:
		return false
	}
}

// assign lets a run become a field of the to period.
func (s *segment) assign(i int, becomes field) {
	s.runs[i].becomes, s.runs[i].done = becomes, true
}

// keep takes runs out of all further readings as they are; indexes below 0 are none.
func (s *segment) keep(indexes ...int) {
	for _, i := range indexes {
		if i >= 0 {
			s.runs[i].becomes, s.runs[i].done = asIs, true
		}
	}
}

// isLoose tells whether a gap still lets a number and a word belong together: up to three of the usual separators.
func isLoose(between string) bool {
	return utf8.RuneCountInString(between) <= 3 && strings.Trim(between, " _-.,()[]–—'’") == ""
}

// isTight tells whether a gap is what people write inside a date.
func isTight(between string) bool {
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

// isJoint tells whether a gap joins two things to a range.
func isJoint(between string) bool {
	switch strings.TrimSpace(between) {
	case "-", "–", "—", "&", "+":
		return true
	default:
		return false
	}
}
