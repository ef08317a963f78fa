package rollforward

import "strings"

// yearReading is what a number says as a year.
type yearReading struct {
	known    bool
	calendar bool // it is the from period's calendar year
	fiscal   bool // it is the from period's fiscal year
	prefixed bool // FY stands before it, so that it can only be the fiscal year
}

// matches reports whether the year can be the from period's.
func (y yearReading) matches() bool { return y.calendar || y.fiscal }

// isFiscal reports whether the year can only be a fiscal one.
func (y yearReading) isFiscal() bool { return y.known && (y.prefixed || y.fiscal && !y.calendar) }

// fitsMonth reports whether a month beside this year can be the from period's. "November 2027" is next year's, whatever the
// fiscal year.
func (y yearReading) fitsMonth() bool { return y.calendar || y.prefixed && y.fiscal }

func isFiscalPrefix(text string) bool {
	return strings.EqualFold(text, "FY") || strings.EqualFold(text, "FYE")
}

func isCalendarPrefix(text string) bool { return strings.EqualFold(text, "CY") }

// readFiscalYears reads FY2027, FY27, FYE 2027, FY2026-27, and CY2026 beside them.
func (s *segment) readFiscalYears() {
	for i := range s.stemEnd {
		prefix := s.chunks[i].text
		if s.chunks[i].kind != letters || !isFiscalPrefix(prefix) && !isCalendarPrefix(prefix) {
			continue
		}
		at, between := s.right(i)
		if !s.is(at, digits) || s.chunks[at].done || !s.touchesNoWord(at) || !isDateSeparator(between) && !isApostrophe(between) {
			continue
		}
		if n := len(s.chunks[at].text); n == 2 || n == 4 {
			s.readPrefixed(at, isFiscalPrefix(prefix))
		}
	}
}

func (s *segment) readPrefixed(at int, fiscal bool) {
	if fiscal && s.readYearRange(at) {
		return
	}
	s.markRead(at)
	if !fiscal {
		s.chunks[at].year = yearReading{known: true, calendar: s.isYear(at, s.from.year)}
		if s.chunks[at].year.calendar {
			s.assign(at, year)
		}
		return
	}
	s.chunks[at].year = yearReading{known: true, prefixed: true, fiscal: s.isYear(at, s.from.fiscalYear)}
	if s.chunks[at].year.fiscal {
		s.assign(at, fiscalYear)
	}
}

// isYear compares a number of two or four digits with a year.
func (s *segment) isYear(at, year int) bool {
	if len(s.chunks[at].text) == 2 {
		return s.value(at) == year%100
	}
	return s.value(at) == year
}

// readYears notes which numbers can be years, without rolling them: a date, a month or a quarter beside them may.
func (s *segment) readYears() {
	for i := range s.stemEnd {
		chunk := &s.chunks[i]
		if chunk.kind != digits || chunk.done || !s.looksLikeYear(i) {
			continue
		}
		chunk.year = yearReading{
			known: true, calendar: s.isYear(i, s.from.year), fiscal: s.isYear(i, s.from.fiscalYear),
		}
		chunk.numbered = s.isNumbered(i)
	}
}

func (s *segment) looksLikeYear(i int) bool {
	return looksLikeYear(s.chunks[i].text) && s.touchesNoWord(i)
}

// countingWords are words after which a number counts or names something that is not a period.
var countingWords = map[string]bool{
	"room": true, "suite": true, "unit": true, "flat": true, "apt": true, "box": true, "model": true, "form": true,
	"no": true, "nr": true, "number": true, "ticket": true, "invoice": true, "inv": true, "check": true, "cheque": true,
	"account": true, "acct": true, "po": true, "week": true, "part": true, "version": true,
}

// isNumbered reports whether a number follows a counting word, a number sign or a currency.
func (s *segment) isNumbered(i int) bool {
	if i > 0 && s.chunks[i-1].kind == gap && strings.ContainsAny(s.chunks[i-1].text, "#№$€£¥") {
		return true
	}
	before, between := s.left(i)
	return s.is(before, letters) && isLooseGap(between) && countingWords[strings.ToLower(s.chunks[before].text)]
}

// readYearRanges reads a year that is written as two: 2026-27 is the fiscal year that begins in 2026.
func (s *segment) readYearRanges() {
	for i := range s.stemEnd {
		if s.chunks[i].year.known && !s.chunks[i].done {
			s.readYearRange(i)
		}
	}
}

// readYearRange reads two years with a dash between. Years that do not follow each other are a range that no period denotes.
func (s *segment) readYearRange(first int) bool {
	second, between := s.right(first)
	if !s.is(second, digits) || s.chunks[second].done || !isRangeSeparator(between) || !s.touchesNoWord(second) {
		return false
	}
	long, alike := len(s.chunks[second].text) == 4, len(s.chunks[second].text) == len(s.chunks[first].text)
	follows := s.isYear(second, s.value(first)+1) && (alike || len(s.chunks[second].text) == 2)
	if !follows && (!long || !s.looksLikeYear(second)) || s.isFromMonth(first, second) {
		return false
	}
	s.markRead(first, second)
	fiscal := follows && s.from.fiscalDiffers() && s.isYear(second, s.from.fiscalYear)
	s.chunks[first].year = yearReading{}
	s.chunks[second].year = yearReading{known: follows, prefixed: true, fiscal: fiscal}
	if fiscal {
		s.assign(first, fiscalYearStart)
		s.assign(second, fiscalYear)
	}
	return true
}

// isFromMonth reports whether two numbers are the from period's year and month, which 2011-12 may be.
func (s *segment) isFromMonth(first, second int) bool {
	return s.value(first) == s.from.year && s.value(second) == s.from.month
}

// readLoneYears rolls the years that nothing beside them has taken.
func (s *segment) readLoneYears() {
	for i := range s.stemEnd {
		chunk := &s.chunks[i]
		if chunk.done || !chunk.year.known || chunk.numbered {
			continue
		}
		if s.isAccount(i) {
			chunk.numbered = true
			continue
		}
		s.rollLoneYear(i, chunk.year)
	}
}

func (s *segment) rollLoneYear(i int, reading yearReading) {
	switch {
	case reading.calendar && reading.fiscal && s.style.FiscalYears:
		s.assign(i, fiscalYear)
	case reading.calendar && reading.fiscal:
		s.assign(i, year)
	case reading.calendar:
		s.counts.calendarYears++
		s.assign(i, year)
	case reading.fiscal:
		s.counts.fiscalYears++
		s.assign(i, fiscalYear)
	}
}

// isAccount reports whether a name begins with an account number, words after it.
func (s *segment) isAccount(i int) bool {
	after, _ := s.right(i)
	if i != 0 || !s.is(after, letters) {
		return false
	}
	for _, account := range s.style.Accounts {
		if account == s.chunks[i].text {
			return true
		}
	}
	return false
}
