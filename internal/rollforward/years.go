package rollforward

import "strings"

// yearMatch says whether a number is a year, and which of the from period's years it matches.
type yearMatch struct {
	isYear          bool
	matchesCalendar bool // it is the from period's calendar year
	matchesFiscal   bool // it is the from period's fiscal year
	hasFiscalPrefix bool // FY stands before it, so that it can only be the fiscal year
}

// matches reports whether the year can be the from period's.
func (y yearMatch) matches() bool { return y.matchesCalendar || y.matchesFiscal }

// isOnlyFiscal reports whether the year can only be a fiscal one.
func (y yearMatch) isOnlyFiscal() bool {
	return y.isYear && (y.hasFiscalPrefix || y.matchesFiscal && !y.matchesCalendar)
}

// fitsMonth reports whether a month beside this year can be the from period's. "November 2027" is next year's, whatever the
// fiscal year.
func (y yearMatch) fitsMonth() bool { return y.matchesCalendar || y.hasFiscalPrefix && y.matchesFiscal }

func isFiscalPrefix(text string) bool {
	return strings.EqualFold(text, "FY") || strings.EqualFold(text, "FYE")
}

func isCalendarPrefix(text string) bool { return strings.EqualFold(text, "CY") }

// readFiscalYears reads FY2027, FY27, FYE 2027, FY2026-27, and CY2026 beside them.
func (s *segment) readFiscalYears() {
	for i := range s.extensionStart {
		prefix := s.chunks[i].text
		if s.chunks[i].kind != letters || !isFiscalPrefix(prefix) && !isCalendarPrefix(prefix) {
			continue
		}
		at, between := s.nextChunk(i)
		if !s.hasKind(at, digits) || s.chunks[at].consumed || !s.standsAlone(at) || !isDateSeparator(between) && !isApostrophe(between) {
			continue
		}
		if n := len(s.chunks[at].text); n == 2 || n == 4 {
			s.readPrefixedYear(at, isFiscalPrefix(prefix))
		}
	}
}

func (s *segment) readPrefixedYear(at int, fiscal bool) {
	if fiscal && s.readYearRange(at) {
		return
	}
	s.markConsumed(at)
	if !fiscal {
		s.chunks[at].year = yearMatch{isYear: true, matchesCalendar: s.matchesYear(at, s.from.year)}
		if s.chunks[at].year.matchesCalendar {
			s.replaceWith(at, year)
		}
		return
	}
	s.chunks[at].year = yearMatch{isYear: true, hasFiscalPrefix: true, matchesFiscal: s.matchesYear(at, s.from.fiscalYear)}
	if s.chunks[at].year.matchesFiscal {
		s.replaceWith(at, fiscalYear)
	}
}

// matchesYear compares a number of two or four digits with a year.
func (s *segment) matchesYear(at, year int) bool {
	if len(s.chunks[at].text) == 2 {
		return s.value(at) == year%100
	}
	return s.value(at) == year
}

// markYearCandidates notes which numbers can be years, without rolling them: a date, a month or a quarter beside them may.
func (s *segment) markYearCandidates() {
	for i := range s.extensionStart {
		chunk := &s.chunks[i]
		if chunk.kind != digits || chunk.consumed || !s.looksLikeYear(i) {
			continue
		}
		chunk.year = yearMatch{
			isYear: true, matchesCalendar: s.matchesYear(i, s.from.year), matchesFiscal: s.matchesYear(i, s.from.fiscalYear),
		}
		chunk.notAPeriod = s.followsNonPeriodNoun(i)
	}
}

func (s *segment) looksLikeYear(i int) bool {
	return looksLikeYear(s.chunks[i].text) && s.standsAlone(i)
}

// nonPeriodNouns are words after which a number counts or names something that is not a period.
var nonPeriodNouns = map[string]bool{
	"room": true, "suite": true, "unit": true, "flat": true, "apt": true, "box": true, "model": true, "form": true,
	"no": true, "nr": true, "number": true, "ticket": true, "invoice": true, "inv": true, "check": true, "cheque": true,
	"account": true, "acct": true, "po": true, "week": true, "part": true, "version": true,
}

// followsNonPeriodNoun reports whether a number follows such a noun, a number sign or a currency sign.
func (s *segment) followsNonPeriodNoun(i int) bool {
	if i > 0 && s.chunks[i-1].kind == separator && strings.ContainsAny(s.chunks[i-1].text, "#№$€£¥") {
		return true
	}
	before, between := s.previousChunk(i)
	return s.hasKind(before, letters) && isLooseSeparator(between) && nonPeriodNouns[strings.ToLower(s.chunks[before].text)]
}

// readYearRanges reads a year that is written as two: 2026-27 is the fiscal year that begins in 2026.
func (s *segment) readYearRanges() {
	for i := range s.extensionStart {
		if s.chunks[i].year.isYear && !s.chunks[i].consumed {
			s.readYearRange(i)
		}
	}
}

// readYearRange reads two years with a dash between. Years that do not follow each other are a range that no period denotes.
func (s *segment) readYearRange(first int) bool {
	second, between := s.nextChunk(first)
	if !s.hasKind(second, digits) || s.chunks[second].consumed || !isRangeSeparator(between) || !s.standsAlone(second) {
		return false
	}
	long, alike := len(s.chunks[second].text) == 4, len(s.chunks[second].text) == len(s.chunks[first].text)
	follows := s.matchesYear(second, s.value(first)+1) && (alike || len(s.chunks[second].text) == 2)
	if !follows && (!long || !s.looksLikeYear(second)) || s.isFromYearAndMonth(first, second) {
		return false
	}
	s.markConsumed(first, second)
	fiscal := follows && s.from.fiscalDiffers() && s.matchesYear(second, s.from.fiscalYear)
	s.chunks[first].year = yearMatch{}
	s.chunks[second].year = yearMatch{isYear: follows, hasFiscalPrefix: true, matchesFiscal: fiscal}
	if fiscal {
		s.replaceWith(first, fiscalYearStart)
		s.replaceWith(second, fiscalYear)
	}
	return true
}

// isFromYearAndMonth reports whether two numbers are the from period's year and month, which 2011-12 may be.
func (s *segment) isFromYearAndMonth(first, second int) bool {
	return s.value(first) == s.from.year && s.value(second) == s.from.month
}

// readBareYears rolls the years that nothing beside them has taken.
func (s *segment) readBareYears() {
	for i := range s.extensionStart {
		chunk := &s.chunks[i]
		if chunk.consumed || !chunk.year.isYear || chunk.notAPeriod {
			continue
		}
		if s.startsWithAccountNumber(i) {
			chunk.notAPeriod = true
			continue
		}
		s.rollBareYear(i, chunk.year)
	}
}

func (s *segment) rollBareYear(i int, match yearMatch) {
	switch {
	case match.matchesCalendar && match.matchesFiscal && s.style.FiscalYears:
		s.replaceWith(i, fiscalYear)
	case match.matchesCalendar && match.matchesFiscal:
		s.replaceWith(i, year)
	case match.matchesCalendar:
		s.counts.calendarYears++
		s.replaceWith(i, year)
	case match.matchesFiscal:
		s.counts.fiscalYears++
		s.replaceWith(i, fiscalYear)
	}
}

// startsWithAccountNumber reports whether a chunk is an account number at the start of a name, words after it.
func (s *segment) startsWithAccountNumber(i int) bool {
	after, _ := s.nextChunk(i)
	if i != 0 || !s.hasKind(after, letters) {
		return false
	}
	for _, account := range s.style.Accounts {
		if account == s.chunks[i].text {
			return true
		}
	}
	return false
}
