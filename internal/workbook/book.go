package workbook

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// What a spreadsheet bears.
const (
	longestCell = 32767 // characters of a cell
	safeDigits  = 15    // decimal digits that a spreadsheet's number keeps exactly
)

// stamp is the time written into every workbook, so that the same content gives the same bytes.
const stamp = "2000-01-01T00:00:00Z"

// styles are the numbers of a workbook's cell formats.
type styles struct {
	title, label, header, text, wrap, date, amount, total, note int
}

// book is a workbook of one sheet in the making. The first error stays; whatever follows does nothing.
type book struct {
	file   *excelize.File
	sheet  string
	styles styles
	err    error
}

func newBook(sheet string) *book {
	b := &book{file: excelize.NewFile(), sheet: sheet}
	b.do(b.file.SetSheetName("Sheet1", sheet))
	b.do(b.file.SetDocProps(&excelize.DocProperties{Creator: "Metronome", Created: stamp, Modified: stamp}))
	b.makeStyles()
	return b
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

const (
	ink   = "1F3044"
	cloud = "E9EEF4"
	line  = "C9D2DC"
	faint = "6B7785"
)

func (b *book) makeStyles() {
	border := []excelize.Border{{Type: "bottom", Color: line, Style: 1}}
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	amount, date := "#,##0.00;[Red]-#,##0.00", "yyyy-mm-dd"
	b.styles = styles{
		title:  b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 15, Color: ink}}),
		label:  b.style(&excelize.Style{Font: &excelize.Font{Color: faint}}),
		header: b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: solid(ink), Alignment: wrap}),
		text:   b.style(&excelize.Style{Border: border, Alignment: top}),
		wrap:   b.style(&excelize.Style{Border: border, Alignment: wrap}),
		date:   b.style(&excelize.Style{Border: border, Alignment: top, CustomNumFmt: &date}),
		amount: b.style(&excelize.Style{Border: border, Alignment: top, CustomNumFmt: &amount}),
		total:  b.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: solid(cloud), CustomNumFmt: &amount}),
		note:   b.style(&excelize.Style{Font: &excelize.Font{Italic: true, Color: faint}}),
	}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func (b *book) style(s *excelize.Style) int {
	id, err := b.file.NewStyle(s)
	b.do(err)
	return id
}

// cell names a cell: column and row from 1.
func cell(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // fails for numbers below 1 only
	return name
}

// text writes a text as a text, whatever it begins with.
func (b *book) text(column, row int, text string, style int) {
	b.do(b.file.SetCellStr(b.sheet, cell(column, row), clean(text)))
	b.do(b.file.SetCellStyle(b.sheet, cell(column, row), cell(column, row), style))
}

// date writes a date (2027-01-06) as a date; another text as it is.
func (b *book) date(column, row int, text string) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		b.text(column, row, text, b.styles.text)
		return
	}
	b.do(b.file.SetCellValue(b.sheet, cell(column, row), at))
	b.do(b.file.SetCellStyle(b.sheet, cell(column, row), cell(column, row), b.styles.date))
}

// amount writes a decimal text as a number where a spreadsheet's numbers keep it exactly, as a text otherwise.
func (b *book) amount(column, row int, text string, style int) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || digits(text) > safeDigits {
		b.text(column, row, text, style)
		return
	}
	b.do(b.file.SetCellFloat(b.sheet, cell(column, row), number, -1, 64))
	b.do(b.file.SetCellStyle(b.sheet, cell(column, row), cell(column, row), style))
}

func digits(text string) int {
	count := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			count++
		}
	}
	return count
}

// formula writes a formula of ours.
func (b *book) formula(column, row int, formula string, style int) {
	b.do(b.file.SetCellFormula(b.sheet, cell(column, row), formula))
	b.do(b.file.SetCellStyle(b.sheet, cell(column, row), cell(column, row), style))
}

// header writes a row of headings.
func (b *book) header(row int, names ...string) {
	for i, name := range names {
		b.text(i+1, row, name, b.styles.header)
	}
}

// fact writes a label and what it names, in one row.
func (b *book) fact(row int, label, text string) {
	b.text(1, row, label, b.styles.label)
	b.text(2, row, text, 0)
}

// widths sets the columns' widths, in characters.
func (b *book) widths(widths ...float64) {
	for i, width := range widths {
		name, _ := excelize.ColumnNumberToName(i + 1) // fails for numbers below 1 only
		b.do(b.file.SetColWidth(b.sheet, name, name, width))
	}
}

// freeze keeps the rows above and including one in view.
func (b *book) freeze(row int) {
	b.do(b.file.SetPanes(b.sheet, &excelize.Panes{
		Freeze: true, YSplit: row, TopLeftCell: cell(1, row+1), ActivePane: "bottomLeft",
	}))
}

// choices lets people pick a cell's value from a list.
func (b *book) choices(first, last string, words ...string) {
	validation := excelize.NewDataValidation(true)
	validation.SetSqref(first + ":" + last)
	b.do(validation.SetDropList(words))
	b.do(b.file.AddDataValidation(b.sheet, validation))
}

// page makes the sheet print in landscape on one page's width.
func (b *book) page() {
	landscape, fit, wide, high := "landscape", true, 1, 0
	b.do(b.file.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	b.do(b.file.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

// bytes ends the workbook.
func (b *book) bytes() ([]byte, error) {
	var out bytes.Buffer
	if b.err == nil {
		_, b.err = b.file.WriteTo(&out)
	}
	if err := b.file.Close(); b.err == nil {
		b.err = err
	}
	if b.err != nil {
		return nil, fmt.Errorf("render workbook %q: %w", b.sheet, b.err)
	}
	return out.Bytes(), nil
}

// clean takes out what XML does not bear and cuts what a cell does not hold.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < 0x20, r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, text)
	if utf8.RuneCountInString(text) > longestCell {
		return string([]rune(text)[:longestCell-1]) + "…"
	}
	return text
}
