package rollforward

import "strings"

// readQuarters reads Q4, 4Q, and the year beside them.
func (s *segment) readQuarters() {
	for i := range s.extensionStart {
		if s.chunks[i].kind == letters && strings.EqualFold(s.chunks[i].text, "Q") && !s.chunks[i].consumed {
			s.readQuarter(i)
		}
	}
}

func (s *segment) readQuarter(letterAt int) {
	at, first, last := s.findQuarterNumber(letterAt)
	if at < 0 {
		return
	}
	yearAt, match := s.yearOfQuarter(first, last)
	number, yearField, denotes := s.classifyQuarter(s.value(at), match)
	s.markConsumed(at)
	if yearAt >= 0 {
		s.markConsumed(yearAt)
		s.chunks[yearAt].year = match
	}
	if !denotes {
		return
	}
	s.replaceWith(at, number)
	s.denotesQuarter = true
	if yearAt >= 0 {
		s.replaceWith(yearAt, yearField)
	}
}

// findQuarterNumber finds the number of a quarter, and the chunks that it begins and ends with.
func (s *segment) findQuarterNumber(letterAt int) (at, first, last int) {
	if after := s.adjacentChunk(letterAt, 1); after != nil && s.isQuarterNumber(letterAt+1) && s.endsAfterQuarter(letterAt+1) {
		return letterAt + 1, letterAt, letterAt + 1
	}
	if before := s.adjacentChunk(letterAt, -1); before != nil && s.isQuarterNumber(letterAt-1) && s.adjacentChunk(letterAt-1, -1) == nil {
		return letterAt - 1, letterAt - 1, letterAt
	}
	return -1, 0, 0
}

func (s *segment) isQuarterNumber(i int) bool {
	chunk := s.chunks[i]
	return chunk.kind == digits && !chunk.consumed && len(chunk.text) == 1 && chunk.text[0] >= '1' && chunk.text[0] <= '4'
}

func (s *segment) endsAfterQuarter(i int) bool {
	after := s.adjacentChunk(i, 1)
	return after == nil || isFiscalPrefix(after.text) || isCalendarPrefix(after.text)
}

// yearOfQuarter finds the year beside a quarter, after it rather than before; -1 where there is none.
func (s *segment) yearOfQuarter(first, last int) (int, yearMatch) {
	j, between := s.nextChunk(last)
	if s.hasKind(j, letters) && isLooseSeparator(between) && (isFiscalPrefix(s.chunks[j].text) || isCalendarPrefix(s.chunks[j].text)) {
		j, between = s.nextChunk(j)
	}
	if j >= 0 && s.isYearBeside(j, between) {
		return j, s.chunks[j].year
	}
	if n, ok := s.shortNumber(j); ok && len(s.chunks[j].text) == 2 && isTwoDigitYearSeparator(between) {
		return j, yearMatch{isYear: true, matchesCalendar: n == s.from.year%100, matchesFiscal: n == s.from.fiscalYear%100}
	}
	if j, between := s.previousChunk(first); j >= 0 && s.isYearBeside(j, between) {
		return j, s.chunks[j].year
	}
	return -1, yearMatch{}
}

func isTwoDigitYearSeparator(between string) bool {
	return between == "" || between == "-" || isApostrophe(between)
}

// classifyQuarter tells how a quarter, and the year beside it, roll: as the calendar's or as the fiscal year's.
func (s *segment) classifyQuarter(n int, beside yearMatch) (number, yearField periodPart, denotes bool) {
	inCalendar, inFiscal := n == s.from.quarter, n == s.from.fiscalQuarter
	fiscalFirst := s.style.FiscalYears
	switch above := s.parents.year; {
	case beside.hasFiscalPrefix:
		inCalendar, inFiscal = false, inFiscal && beside.matchesFiscal
	case beside.isYear:
		inCalendar, inFiscal = inCalendar && beside.matchesCalendar, inFiscal && beside.matchesFiscal
	case s.nearFiscalYear():
		fiscalFirst = true
	case above.isYear && !above.matches():
		return asIs, asIs, false
	}
	if inFiscal && (fiscalFirst || !inCalendar) {
		return fiscalQuarter, fiscalYear, true
	}
	return quarter, year, inCalendar
}

// readPeriodNumbers reads P05 and "Period 05" beside a year or a month, or as a whole folder below a year.
func (s *segment) readPeriodNumbers() {
	for i := range s.extensionStart {
		if s.chunks[i].kind != letters || !isPeriodLetter(s.chunks[i].text) {
			continue
		}
		j, between := s.nextChunk(i)
		n, ok := s.shortNumber(j)
		if !ok || between != "" && between != " " || s.readPeriodOfYear(i, j, n) || !s.hasPeriodBeside(i, j) {
			continue
		}
		s.replaceMonthNumber(j, n)
	}
}

// readPeriodOfYear reads a period's number with a bare year beside it: "Period 11 2026", "2026 P11". Both count by the fiscal
// calendar.
func (s *segment) readPeriodOfYear(first, last, number int) bool {
	for _, neighbor := range []func() (int, string){
		func() (int, string) { return s.nextChunk(last) }, func() (int, string) { return s.previousChunk(first) },
	} {
		at, between := neighbor()
		if at < 0 || !isLooseSeparator(between) || !s.isUnreadFourDigitYear(at) || s.chunks[at].notAPeriod {
			continue
		}
		if s.chunks[at].year.matchesFiscal && number == s.from.fiscalMonth {
			s.replaceWith(last, fiscalMonth)
			s.replaceWith(at, fiscalYear)
			s.denotesMonth = true
		} else {
			s.markConsumed(last, at)
		}
		return true
	}
	return false
}

// hasPeriodBeside reports whether a stretch of chunks stands beside something that rolls, or alone below the period's year.
func (s *segment) hasPeriodBeside(first, last int) bool {
	if before, between := s.previousChunk(first); before >= 0 && isLooseSeparator(between) && s.chunks[before].becomes != asIs {
		return true
	}
	after, between := s.nextChunk(last)
	if after >= 0 && isLooseSeparator(between) && (s.chunks[after].becomes != asIs || s.isPrefixOfRolled(after)) {
		return true
	}
	return first == 0 && after < 0 && s.isBelowYear()
}

func (s *segment) isPrefixOfRolled(i int) bool {
	j, _ := s.nextChunk(i)
	return isFiscalPrefix(s.chunks[i].text) && j >= 0 && s.chunks[j].becomes != asIs
}

// isBelowYear reports whether the folder directly above denotes the from period's year, and none its month.
func (s *segment) isBelowYear() bool {
	return s.parents.period && !s.parents.month && s.parents.year.matches()
}

// readMonthNumberFolder reads a folder that is nothing but the month's number, directly below the year.
func (s *segment) readMonthNumberFolder() {
	if len(s.chunks) != 1 || !s.isBelowYear() {
		return
	}
	if n, ok := s.shortNumber(0); ok {
		if n != s.from.month && !s.parents.year.isOnlyFiscal() {
			return
		}
		s.replaceMonthNumber(0, n)
	}
}
