package workbook

import (
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/currency"
)

// The colours of a workbook.
const (
	dark  = "1F3044"
	light = "EDF1F5"
	line  = "C9D2DC"
	muted = "6B7785"
	green = "1E7B4A"
	amber = "9A6700"
	red   = "B3261E"
)

// styles are the numbers of a workbook's cell formats.
type styles struct {
	title, name, label, value, header, headerRight, headerAside        int
	text, wrap, aside, date, amount, sum, sumLabel, note, result, hint int
}

func (b *book) makeStyles(code string) {
	below := []excelize.Border{{Type: "bottom", Color: line, Style: 1}}
	above := []excelize.Border{{Type: "top", Color: dark, Style: 1}}
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	aside := &excelize.Alignment{Vertical: "top", Horizontal: "left", WrapText: true, Indent: 1}
	right := &excelize.Alignment{Vertical: "top", Horizontal: "right", WrapText: true}
	left := &excelize.Alignment{Vertical: "top", Horizontal: "left"}
	amount, date := amountFormat(code), "yyyy-mm-dd"
	b.styles = styles{
		title:       b.style(&excelize.Style{Font: font(16, dark, bold)}),
		name:        b.style(&excelize.Style{Font: font(12, muted, plain)}),
		label:       b.style(&excelize.Style{Font: font(11, muted, plain)}),
		value:       b.style(&excelize.Style{Font: font(11, dark, bold)}),
		header:      b.style(&excelize.Style{Font: font(11, "FFFFFF", bold), Fill: solid(dark), Alignment: wrap}),
		headerRight: b.style(&excelize.Style{Font: font(11, "FFFFFF", bold), Fill: solid(dark), Alignment: right}),
		headerAside: b.style(&excelize.Style{Font: font(11, "FFFFFF", bold), Fill: solid(dark), Alignment: aside}),
		text:        b.style(&excelize.Style{Border: below, Alignment: top}),
		wrap:        b.style(&excelize.Style{Border: below, Alignment: wrap}),
		aside:       b.style(&excelize.Style{Border: below, Alignment: aside}),
		date:        b.style(&excelize.Style{Border: below, Alignment: left, CustomNumFmt: &date}),
		amount:      b.style(&excelize.Style{Border: below, Alignment: top, CustomNumFmt: &amount}),
		sum:         b.style(&excelize.Style{Font: font(11, dark, bold), Border: above, Fill: solid(light), CustomNumFmt: &amount}),
		sumLabel:    b.style(&excelize.Style{Font: font(11, dark, bold), Border: above, Fill: solid(light)}),
		note:        b.style(&excelize.Style{Font: font(10, amber, italic), Alignment: aside}),
		result:      b.style(&excelize.Style{Font: font(11, dark, bold), Alignment: aside}),
		hint:        b.style(&excelize.Style{Font: font(9, muted, italic), Fill: solid(light)}),
	}
}

type weight int

const (
	plain weight = iota
	bold
	italic
)

func font(size float64, color string, w weight) *excelize.Font {
	return &excelize.Font{Family: "Calibri", Size: size, Color: color, Bold: w == bold, Italic: w == italic}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func (b *book) style(s *excelize.Style) int {
	id, err := b.file.NewStyle(s)
	b.check(err)
	return id
}

// quoted returns the format that is the same but says that the cell's text was typed with a leading quote.
func (b *book) quoted(style int) int {
	if id, known := b.quotes[style]; known {
		return id
	}
	formats := b.file.Styles.CellXfs
	format, yes := formats.Xf[style], true
	format.QuotePrefix = &yes
	formats.Xf = append(formats.Xf, format)
	formats.Count = len(formats.Xf)
	b.quotes[style] = len(formats.Xf) - 1
	return b.quotes[style]
}

// amountFormat is the number format of a currency, with as many decimals as it has.
func amountFormat(code string) string {
	decimals := 2
	if unit, err := currency.ParseISO(code); err == nil {
		decimals, _ = currency.Standard.Rounding(unit)
	}
	number := "#,##0"
	if decimals > 0 {
		number += "." + strings.Repeat("0", decimals)
	}
	return number + ";[Red]-" + number
}

// colour returns cells a colour while a formula holds.
func (b *book) colour(cells, formula, color string) {
	format, err := b.file.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: color, Bold: true}})
	b.check(err)
	b.check(b.file.SetConditionalFormat(b.sheet, cells, []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: formula, Format: &format},
	}))
}
