package rollforward

import "strings"

// readQuarters reads Q4, 4Q, and the year beside them.
func (s *segment) readQuarters() {
	for i := range s.stemEnd {
		if s.chunks[i].kind == letters && strings.EqualFold(s.chunks[i].text, "Q") && !s.chunks[i].done {
			s.readQuarter(i)
		}
	}
}

func (s *segment) readQuarter(letter int) {
	at, first, last := s.quarterNumber(letter)
	if at < 0 {
		return
	}
	yearAt, reading := s.yearOfQuarter(first, last)
	number, yearField, denotes := s.chooseQuarter(s.value(at), reading)
	s.markRead(at)
	if yearAt >= 0 {
		s.markRead(yearAt)
		s.chunks[yearAt].year = reading
	}
	if !denotes {
		return
	}
	s.assign(at, number)
	s.denotesQuarter = true
	if yearAt >= 0 {
		s.assign(yearAt, yearField)
	}
}

// quarterNumber finds the number of a quarter, and the chunks that it begins and ends with.
func (s *segment) quarterNumber(letter int) (at, first, last int) {
	if after := s.touching(letter, 1); after != nil && s.isQuarterNumber(letter+1) && s.endsAfterQuarter(letter+1) {
		return letter + 1, letter, letter + 1
	}
	if before := s.touching(letter, -1); before != nil && s.isQuarterNumber(letter-1) && s.touching(letter-1, -1) == nil {
		return letter - 1, letter - 1, letter
	}
	return -1, 0, 0
}

func (s *segment) isQuarterNumber(i int) bool {
	chunk := s.chunks[i]
	return chunk.kind == digits && !chunk.done && len(chunk.text) == 1 && chunk.text[0] >= '1' && chunk.text[0] <= '4'
}

func (s *segment) endsAfterQuarter(i int) bool {
	after := s.touching(i, 1)
	return after == nil || isFiscalPrefix(after.text) || isCalendarPrefix(after.text)
}

// yearOfQuarter finds the year beside a quarter, after it rather than before; -1 where there is none.
func (s *segment) yearOfQuarter(first, last int) (int, yearReading) {
	j, between := s.right(last)
	if s.is(j, letters) && isLooseGap(between) && (isFiscalPrefix(s.chunks[j].text) || isCalendarPrefix(s.chunks[j].text)) {
		j, between = s.right(j)
	}
	if j >= 0 && s.isYearBeside(j, between) {
		return j, s.chunks[j].year
	}
	if n, ok := s.shortNumber(j); ok && len(s.chunks[j].text) == 2 && isShortYearGap(between) {
		return j, yearReading{known: true, calendar: n == s.from.year%100, fiscal: n == s.from.fiscalYear%100}
	}
	if j, between := s.left(first); j >= 0 && s.isYearBeside(j, between) {
		return j, s.chunks[j].year
	}
	return -1, yearReading{}
}

func isShortYearGap(between string) bool {
	return between == "" || between == "-" || isApostrophe(between)
}

// chooseQuarter tells how a quarter, and the year beside it, roll: as the calendar's or as the fiscal year's.
func (s *segment) chooseQuarter(n int, beside yearReading) (number, yearField field, denotes bool) {
	inCalendar, inFiscal := n == s.from.quarter, n == s.from.fiscalQuarter
	fiscalFirst := s.style.FiscalYears
	switch above := s.above.year; {
	case beside.prefixed:
		inCalendar, inFiscal = false, inFiscal && beside.fiscal
	case beside.known:
		inCalendar, inFiscal = inCalendar && beside.calendar, inFiscal && beside.fiscal
	case s.nearFiscalYear():
		fiscalFirst = true
	case above.known && !above.matches():
		return asIs, asIs, false
	}
	if inFiscal && (fiscalFirst || !inCalendar) {
		return fiscalQuarter, fiscalYear, true
	}
	return quarter, year, inCalendar
}

// readPeriodNumbers reads P05 and "Period 05" beside a year or a month, or as a whole folder below a year.
func (s *segment) readPeriodNumbers() {
	for i := range s.stemEnd {
		if s.chunks[i].kind != letters || !isPeriodLetter(s.chunks[i].text) {
			continue
		}
		j, between := s.right(i)
		n, ok := s.shortNumber(j)
		if !ok || between != "" && between != " " || !s.hasPeriodBeside(i, j) {
			continue
		}
		s.assignMonthNumber(j, n)
	}
}

// hasPeriodBeside reports whether a stretch of chunks stands beside something that rolls, or alone below the period's year.
func (s *segment) hasPeriodBeside(first, last int) bool {
	if before, between := s.left(first); before >= 0 && isLooseGap(between) && s.chunks[before].becomes != asIs {
		return true
	}
	after, between := s.right(last)
	if after >= 0 && isLooseGap(between) && (s.chunks[after].becomes != asIs || s.isPrefixOfRolled(after)) {
		return true
	}
	return first == 0 && after < 0 && s.isBelowYear()
}

func (s *segment) isPrefixOfRolled(i int) bool {
	j, _ := s.right(i)
	return isFiscalPrefix(s.chunks[i].text) && j >= 0 && s.chunks[j].becomes != asIs
}

// isBelowYear reports whether the folder directly above denotes the from period's year, and none its month.
func (s *segment) isBelowYear() bool {
	return s.above.period && !s.above.month && s.above.year.matches()
}

// readLoneNumber reads a folder that is nothing but the month's number, directly below the year.
func (s *segment) readLoneNumber() {
	if len(s.chunks) != 1 || !s.isBelowYear() {
		return
	}
	if n, ok := s.shortNumber(0); ok {
		if n != s.from.month && !s.above.year.isFiscal() {
			return
		}
		s.assignMonthNumber(0, n)
	}
}
