package workbook

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// timestamp is the time written into every workbook, so that the same content gives the same bytes.
const timestamp = "2000-01-01T00:00:00Z"

// safeDigits is how many decimal digits a spreadsheet's number keeps exactly.
const safeDigits = 15

// book is a workbook of one sheet in the making. The first error stays; whatever follows does nothing.
type book struct {
	file   *excelize.File
	sheet  string
	styles styles
	quotes map[int]int // format of a text that looks like a formula, by the format without
	err    error
}

// newBook begins a workbook whose balances are in a currency; "" for one without balances.
func newBook(sheet, title, currency string) *book {
	b := &book{file: excelize.NewFile(), sheet: sheet, quotes: map[int]int{}}
	recalculate, grid := true, false
	b.check(b.file.SetSheetName("Sheet1", sheet))
	b.check(b.file.SetDocProps(&excelize.DocProperties{Title: clean(title), Creator: "Metronome", Created: timestamp, Modified: timestamp}))
	b.check(b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}))
	b.check(b.file.SetSheetView(sheet, 0, &excelize.ViewOptions{ShowGridLines: &grid}))
	b.makeStyles(currency)
	return b
}

func (b *book) check(err error) {
	if b.err == nil {
		b.err = err
	}
}

// cell names a cell: column and row from 1.
func cell(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // fails for numbers below 1 only
	return name
}

func cells(column, row, lastColumn, lastRow int) string {
	return cell(column, row) + ":" + cell(lastColumn, lastRow)
}

func (b *book) format(column, row, style int) { b.formatAll(column, row, column, row, style) }

func (b *book) formatAll(column, row, lastColumn, lastRow, style int) {
	b.check(b.file.SetCellStyle(b.sheet, cell(column, row), cell(lastColumn, lastRow), style))
}

// text writes a text as a text, whatever it begins with.
func (b *book) text(column, row int, text string, style int) {
	text = clean(text)
	if text != "" {
		b.check(b.file.SetCellStr(b.sheet, cell(column, row), literal(text)))
	}
	if looksLikeFormula(text) {
		style = b.quoted(style)
	}
	b.format(column, row, style)
}

// date writes a day (2027-01-06) as a date; another text as it is.
func (b *book) date(column, row int, text string) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		b.text(column, row, text, b.styles.wrap)
		return
	}
	b.check(b.file.SetCellInt(b.sheet, cell(column, row), serial(at)))
	b.format(column, row, b.styles.date)
}

// serial counts days as spreadsheets do: 1 March 1900 is day 61.
func serial(at time.Time) int64 {
	return int64(at.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// isSafe reports whether a decimal text is a number that a spreadsheet keeps exactly.
func isSafe(text string) bool {
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(text), "0")
	return len(digits) <= safeDigits && decimal.MatchString(text)
}

// amount writes a decimal text as a number where that keeps it exactly, as a text otherwise.
func (b *book) amount(column, row int, text string, style int) {
	if !isSafe(text) {
		b.text(column, row, text, style)
		return
	}
	number, err := strconv.ParseFloat(text, 64)
	b.check(err)
	b.check(b.file.SetCellFloat(b.sheet, cell(column, row), number, -1, 64))
	b.format(column, row, style)
}

// formula writes a formula of ours.
func (b *book) formula(column, row int, formula string, style int) {
	b.check(b.file.SetCellFormula(b.sheet, cell(column, row), formula))
	b.format(column, row, style)
}

// heading writes what the sheet is and whose.
func (b *book) heading(title string, e entity.Entity) {
	b.text(1, 1, title, b.styles.title)
	b.text(1, 2, e.Name, b.styles.name)
	b.check(b.file.SetRowHeight(b.sheet, 1, 26))
	b.check(b.file.SetRowHeight(b.sheet, 2, 20))
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
	b.text(2, row, text, b.styles.value)
}

// widths sets the columns' widths, in characters.
func (b *book) widths(widths []float64) {
	for i, width := range widths {
		name, _ := excelize.ColumnNumberToName(i + 1) // fails for numbers below 1 only
		b.check(b.file.SetColWidth(b.sheet, name, name, width))
	}
}

// Heights of rows, in points. Spreadsheets do not all fit rows to wrapped texts by themselves.
const (
	lineHeight = 15
	mostLines  = 12
)

// fit makes a row as high as the longest of its texts needs in columns of the given widths.
func (b *book) fit(row int, widths []float64, texts ...string) {
	lines := 1
	for column, text := range texts {
		lines = max(lines, linesOf(text, int(widths[column])))
	}
	if lines > 1 {
		b.check(b.file.SetRowHeight(b.sheet, row, float64(lineHeight*min(lines, mostLines))))
	}
}

// freeze keeps the rows down to one and the first columns in view.
func (b *book) freeze(columns, row int) {
	pane := "bottomRight"
	if columns == 0 {
		pane = "bottomLeft"
	}
	b.check(b.file.SetPanes(b.sheet, &excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: row, TopLeftCell: cell(columns+1, row+1), ActivePane: pane,
	}))
}

// choices lets people pick a cell's value from a list.
func (b *book) choices(cells string, values []string) {
	validation := excelize.NewDataValidation(true)
	validation.SetSqref(cells)
	validation.SetError(excelize.DataValidationErrorStyleStop, "Status", "Pick one of: "+strings.Join(values, ", "))
	b.check(validation.SetDropList(values))
	b.check(b.file.AddDataValidation(b.sheet, validation))
}

// page makes the sheet print on one page's width, its header row on every page.
func (b *book) page(orientation string, header int) {
	fit, wide, high, a4 := true, 1, 0, 9
	b.check(b.file.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{
		Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high, Size: &a4,
	}))
	b.check(b.file.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	side, top, bottom := 0.4, 0.5, 0.6 // inches
	b.check(b.file.SetPageMargins(b.sheet, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &bottom}))
	b.check(b.file.SetHeaderFooter(b.sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&8Metronome&R&8&P / &N"}))
	b.check(b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: b.sheet, RefersTo: fmt.Sprintf("%s!$%d:$%d", b.sheet, header, header),
	}))
}

// bytes ends the workbook.
func (b *book) bytes() ([]byte, error) {
	var out bytes.Buffer
	if b.err == nil {
		b.err = b.file.Write(&out)
	}
	if err := b.file.Close(); b.err == nil {
		b.err = err
	}
	if b.err != nil {
		return nil, fmt.Errorf("render workbook %q: %w", b.sheet, b.err)
	}
	return out.Bytes(), nil
}

func monthOf(p period.Period) string { return fmt.Sprintf("%s %d", p.Month(), p.Year()) }

// The statuses as people read them.
const (
	notStarted = "Not started"
	inProgress = "In progress"
	signedOff  = "Signed off"
)

var statuses = []string{notStarted, inProgress, signedOff}

func statusOf(status content.Status) string {
	switch status {
	case content.NotStarted, "":
		return notStarted
	case content.InProgress:
		return inProgress
	case content.SignedOff:
		return signedOff
	default:
		return string(status)
	}
}

// colourStatuses colours a range of statuses, the first of which is given.
func (b *book) colourStatuses(cells, first string) {
	b.colour(cells, fmt.Sprintf("%s=%q", first, signedOff), green)
	b.colour(cells, fmt.Sprintf("%s=%q", first, inProgress), amber)
}
