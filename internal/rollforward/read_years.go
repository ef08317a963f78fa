package rollforward

import "strings"

// yearReading is what a number says as a year.
type yearReading struct {
	known    bool
	calendar bool // it is the from period's calendar year
	fiscal   bool // it is the from period's fiscal year
	prefixed bool // FY stands before it, so that it can only be the fiscal year
}

// matches tells whether the year can be the from period's.
func (y yearReading) matches() bool { return y.calendar || y.fiscal }

// isFiscal tells whether the year can only be a fiscal one.
func (y yearReading) isFiscal() bool { return y.known && (y.prefixed || y.fiscal && !y.calendar) }

// fitsMonth tells whether a month beside this year can be the from period's. "November 2027" is next year's, whatever the
// fiscal year.
func (y yearReading) fitsMonth() bool { return y.calendar || y.prefixed && y.fiscal }

func isFiscalPrefix(text string) bool {
	return strings.EqualFold(text, "FY") || strings.EqualFold(text, "FYE")
}

func isCalendarPrefix(text string) bool { return strings.EqualFold(text, "CY") }

// readFiscalYears reads FY2027, FY27, FYE 2027, FY2026-27, and CY2026 beside them.
func (s *segment) readFiscalYears() {
	for i := range s.stem {
		prefix := s.runs[i].text
		if s.runs[i].kind != letters || !isFiscalPrefix(prefix) && !isCalendarPrefix(prefix) {
			continue
		}
		at, between := s.right(i)
		if !s.is(at, digits) || s.runs[at].done || !s.free(at) || !isTight(between) && !isApostrophe(between) {
			continue
		}
		if n := len(s.runs[at].text); n == 2 || n == 4 {
			s.readPrefixed(at, isFiscalPrefix(prefix))
		}
	}
}

func (s *segment) readPrefixed(at int, fiscal bool) {
	if fiscal && s.readSpan(at) {
		return
	}
	s.keep(at)
	if !fiscal {
		s.runs[at].year = yearReading{known: true, calendar: s.isYear(at, s.from.year)}
		if s.runs[at].year.calendar {
			s.assign(at, year)
		}
		return
	}
	s.runs[at].year = yearReading{known: true, prefixed: true, fiscal: s.isYear(at, s.from.fiscalYear)}
	if s.runs[at].year.fiscal {
		s.assign(at, fiscalYear)
	}
}

// isYear compares a number of two or four digits with a year.
func (s *segment) isYear(at, year int) bool {
	if len(s.runs[at].text) == 2 {
		return s.value(at) == year%100
	}
	return s.value(at) == year
}

// readYears notes which numbers can be years, without rolling them: a date, a month or a quarter beside them may.
func (s *segment) readYears() {
	for i := range s.stem {
		run := &s.runs[i]
		if run.kind != digits || run.done || !s.looksLikeYear(i) {
			continue
		}
		run.year = yearReading{
			known: true, calendar: s.isYear(i, s.from.year), fiscal: s.isYear(i, s.from.fiscalYear),
		}
		run.numbered = s.isNumbered(i)
	}
}

func (s *segment) looksLikeYear(i int) bool {
	return looksLikeYear(s.runs[i].text) && s.free(i)
}

// countingWords are words after which a number counts or names something that is not a period.
var countingWords = map[string]bool{
	"room": true, "suite": true, "unit": true, "flat": true, "apt": true, "box": true, "model": true, "form": true,
	"no": true, "nr": true, "number": true, "ticket": true, "invoice": true, "inv": true, "check": true, "cheque": true,
	"account": true, "acct": true, "po": true, "week": true, "part": true, "version": true,
}

// isNumbered tells whether a number follows a counting word, a number sign or a currency.
func (s *segment) isNumbered(i int) bool {
	if i > 0 && s.runs[i-1].kind == gap && strings.ContainsAny(s.runs[i-1].text, "#№$€£¥") {
		return true
	}
	before, between := s.left(i)
	return s.is(before, letters) && isLoose(between) && countingWords[strings.ToLower(s.runs[before].text)]
}

// readSpans reads a year that is written as two: 2026-27 is the fiscal year that begins in 2026.
func (s *segment) readSpans() {
	for i := range s.stem {
		if s.runs[i].year.known && !s.runs[i].done {
			s.readSpan(i)
		}
	}
}

// readSpan reads two years with a dash between. Years that do not follow each other are a range that no period denotes.
func (s *segment) readSpan(first int) bool {
	second, between := s.right(first)
	if !s.is(second, digits) || s.runs[second].done || !isJoint(between) || !s.free(second) {
		return false
	}
	long, alike := len(s.runs[second].text) == 4, len(s.runs[second].text) == len(s.runs[first].text)
	follows := s.isYear(second, s.value(first)+1) && (alike || len(s.runs[second].text) == 2)
	if !follows && (!long || !s.looksLikeYear(second)) || s.isFromMonth(first, second) {
		return false
	}
	s.keep(first, second)
	fiscal := follows && s.from.fiscalDiffers() && s.isYear(second, s.from.fiscalYear)
	s.runs[first].year = yearReading{}
	s.runs[second].year = yearReading{known: follows, prefixed: true, fiscal: fiscal}
	if fiscal {
		s.assign(first, fiscalYearStart)
		s.assign(second, fiscalYear)
	}
	return true
}

// isFromMonth tells whether two numbers are the from period's year and month, which 2011-12 may be.
func (s *segment) isFromMonth(first, second int) bool {
	return s.value(first) == s.from.year && s.value(second) == s.from.month
}

// readLoneYears rolls the years that nothing beside them has taken.
func (s *segment) readLoneYears() {
	for i := range s.stem {
		run := &s.runs[i]
		if run.done || !run.year.known || run.numbered {
			continue
		}
		if s.isAccount(i) {
			run.numbered = true
			continue
		}
		s.rollLoneYear(i, run.year)
	}
}

func (s *segment) rollLoneYear(i int, reading yearReading) {
	switch {
	case reading.calendar && reading.fiscal && s.style.FiscalYears:
		s.assign(i, fiscalYear)
	case reading.calendar && reading.fiscal:
		s.assign(i, year)
	case reading.calendar:
		s.noted.calendarYears++
		s.assign(i, year)
	case reading.fiscal:
		s.noted.fiscalYears++
		s.assign(i, fiscalYear)
	}
}

// isAccount tells whether a name begins with an account number, words after it.
func (s *segment) isAccount(i int) bool {
	after, _ := s.right(i)
	if i != 0 || !s.is(after, letters) {
		return false
	}
	for _, account := range s.style.Accounts {
		if account == s.runs[i].text {
			return true
		}
	}
	return false
}
