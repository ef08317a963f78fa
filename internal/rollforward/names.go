package rollforward

import (
	"strings"

	"metronome/internal/content"
	"metronome/internal/period"
)

// NameRoller rolls names from one period to another; the package comment says how.
type NameRoller struct {
	From, To period.Period
	Periods  period.Calendar
	Style    content.NameStyle
}

// Roll rolls a slash-separated path. The folders above a name say which year it belongs to.
func (n NameRoller) Roll(path string) string { return n.newRoller().roll(path) }

// RollText rolls a text that is no path, such as a title.
func (n NameRoller) RollText(text string) string { return n.newRoller().rollSegment(text, &parents{}) }

func (n NameRoller) newRoller() *roller {
	return &roller{from: valuesOf(n.From, n.Periods), to: valuesOf(n.To, n.Periods), style: n.Style}
}

// periodValues is a period in all the ways in which names write it.
type periodValues struct {
	year, month, quarter                   int // of the calendar
	fiscalYear, fiscalMonth, fiscalQuarter int
	lastDay                                int
}

func valuesOf(p period.Period, periods period.Calendar) periodValues {
	return periodValues{
		year: p.Year(), month: int(p.Month()), quarter: p.Quarter(),
		fiscalYear: periods.FiscalYear(p), fiscalMonth: periods.Number(p),
		fiscalQuarter: periods.FiscalQuarter(p), lastDay: periods.End(p).Day(),
	}
}

// fiscalDiffers reports whether the fiscal months are not the calendar's.
func (m periodValues) fiscalDiffers() bool { return m.fiscalMonth != m.month }

// roller rolls the names of one tree and notes how they are written.
type roller struct {
	from, to periodValues
	style    content.NameStyle
	counts   styleCounts
}

// styleCounts counts in how many places names say how they write what other months leave open.
type styleCounts struct {
	shortMonths, fullMonths        int
	unpaddedNumbers, paddedNumbers int
	fiscalYears, calendarYears     int
}

// nextStyle is the style to remember: what the names showed, and where they showed nothing what was known before.
func (r *roller) nextStyle() content.NameStyle {
	style := r.style
	decide := func(into *bool, yes, no int) {
		if yes+no > 0 {
			*into = no == 0
		}
	}
	decide(&style.ShortMonths, r.counts.shortMonths, r.counts.fullMonths)
	decide(&style.UnpaddedNumbers, r.counts.unpaddedNumbers, r.counts.paddedNumbers)
	decide(&style.FiscalYears, r.counts.fiscalYears, r.counts.calendarYears)
	return style
}

// parents is what the folders above a name say about it.
type parents struct {
	year   yearMatch // of the nearest folder that names a year
	period bool      // the folder directly above denotes the from period's year or quarter
	month  bool      // some folder above denotes the from period's month
}

func (r *roller) roll(path string) string {
	above := parents{}
	segments := strings.Split(path, "/")
	for i, text := range segments {
		segments[i] = r.rollSegment(text, &above)
	}
	return strings.Join(segments, "/")
}

// rollSegment rolls one name and lets it add to what the names below it have above them.
func (r *roller) rollSegment(text string, above *parents) string {
	s := &segment{roller: r, parents: *above, chunks: split(text)}
	s.extensionStart = findExtensionStart(s.chunks)
	s.read()
	s.passDown(above)
	return s.render()
}

// read lets every reading take the chunks that it understands. The order matters: a year in a date is no longer a year alone.
func (s *segment) read() {
	s.readCompact()
	s.readDates()
	s.readFiscalYears()
	s.markYearCandidates()
	s.readYearRanges()
	s.readYearMonthPairs()
	s.readMonths()
	s.readQuarters()
	s.readPeriodNumbers()
	s.readBareYears()
	s.readMonthNumberFolder()
	s.readFirstDays()
}

// passDown adds what this name says to what the names below it have above them.
func (s *segment) passDown(above *parents) {
	var found yearMatch
	for _, chunk := range s.chunks {
		if chunk.year.isYear && !chunk.notAPeriod && (!found.isYear || chunk.year.matches() && !found.matches()) {
			found = chunk.year
		}
	}
	if found.isYear {
		above.year = found
	}
	above.period = s.denotesQuarter || found.matches()
	above.month = above.month || s.denotesMonth
}
