package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

// field is a key of a catalog line.
type field int

const (
	fieldID field = iota
	fieldName
	fieldAccount
	fieldRemote
	fieldPool
	fieldTemplates
	fieldCalendar
	fieldTimezone
	fieldState
	fieldClose
	fieldFiscalYearEnd
	fieldCount
)

// lineKey says what the parser and the documentation need to know of one key.
type lineKey struct {
	name        string
	optional    bool
	defaultText string // what a missing one stands for
	values      string
	summary     string
}

// lineKeys are the keys of a line. The table of docs/catalog.md is made of them.
var lineKeys = [fieldCount]lineKey{
	fieldID: {
		name: "id", values: "1 to 100 of `a-z`, `0-9`, `-`, `_`, `.`, beginning with a letter or digit",
		summary: "Unique. Part of ledger keys: an entity whose id changes is a new entity without history",
	},
	fieldName: {name: "name", values: "text of at most 255 bytes", summary: "The company's name"},
	fieldAccount: {
		name: "account", values: "text of at most 255 bytes",
		summary: "The credential or tenant at the provider that the entity lives in. Entities of one pool with the same account are " +
			"never worked on at the same time. The same name in another pool is another account",
	},
	fieldRemote: {
		name: "remote", values: "`remote:path`", summary: "A remote of the rclone configuration, and the entity's folder there",
	},
	fieldPool:      {name: "pool", values: "a pool of metronome.yaml", summary: "The quota that its requests count against"},
	fieldTemplates: {name: "templates", values: "a template set", summary: "What its first period is created from"},
	fieldCalendar: {
		name: "calendar", values: "a calendar of metronome.yaml, or a country code (`metronome catalog calendars`)",
		summary: "Its working days",
	},
	fieldTimezone: {name: "timezone", values: "IANA name, like `America/New_York`", summary: "Where its days begin and end"},
	fieldState: {
		name: "state", values: "`active` or `inactive`", summary: "Runs leave inactive entities out",
	},
	fieldClose: {
		name: "close", optional: true, defaultText: "`" + string(entity.StandardClose) + "`", values: "`standard` or `non-close`",
		summary: "BD3 is the third working day after the period, or with `non-close` the third of the period itself",
	},
	fieldFiscalYearEnd: {name: "fiscalYearEnd", values: "1 to 12", summary: "Last month of the fiscal year"},
}

var fieldByName = func() map[string]field {
	byName := map[string]field{}
	for f, key := range lineKeys {
		byName[key.name] = field(f)
	}
	return byName
}()

func lineKeyNames() []string {
	names := make([]string, len(lineKeys))
	for f, key := range lineKeys {
		names[f] = key.name
	}
	return names
}

// lineDecoder decodes lines one after another and reuses its buffers. Of the fields, id, name, account and remote differ
// from line to line: they share one allocation. The others repeat: each of their texts is checked and kept once.
type lineDecoder struct {
	decoder        *jsontext.Decoder
	source         bytes.Reader
	interners      interners
	pools          map[string]config.Pool
	remotes        map[string]string        // rclone's type of each by name; nil where they are not known
	name           []byte                   // of the field being read
	scratch        []byte                   // value being read
	texts          []byte                   // texts of id, name, account and remote, one after another
	end            [fieldRemote + 1]int     // where each of them ends in texts
	start          [fieldRemote + 1]int     // and begins
	internedValues [fieldClose + 1]interned // of the fields that repeat
	seen           [fieldCount]bool         // also when the value was unusable
	valid          [fieldCount]bool
	line           int
	problems       []failure.Problem
}

func newLineDecoder(known KnownNames) *lineDecoder {
	d := &lineDecoder{interners: newInterners(known), pools: known.Pools, remotes: known.Remotes}
	d.decoder = jsontext.NewDecoder(&d.source, jsontext.AllowDuplicateNames(true)) // we report them ourselves
	return d
}

// decode reads one line that is not blank. It reports whether e now holds an entity; it may have problems all the same.
func (d *lineDecoder) decode(number int, line []byte, e *entity.Entity) bool {
	d.line, d.texts = number, d.texts[:0]
	d.seen, d.valid = [fieldCount]bool{}, [fieldCount]bool{}
	d.source.Reset(line)
	d.decoder.Reset(&d.source, jsontext.AllowDuplicateNames(true))
	*e = entity.Entity{}
	if err := d.object(e); err != nil {
		d.report("", "", syntaxMessage(err), "one JSON object per line")
		return false
	}
	d.fill(e)
	d.missing()
	d.check(e)
	return true
}

func (d *lineDecoder) object(e *entity.Entity) error {
	if d.decoder.PeekKind() != '{' {
		if _, err := d.decoder.ReadValue(); err != nil {
			return err
		}
		return errors.New("not a JSON object")
	}
	if _, err := d.decoder.ReadToken(); err != nil {
		return err
	}
	for d.decoder.PeekKind() != '}' {
		if err := d.member(e); err != nil {
			return err
		}
	}
	if _, err := d.decoder.ReadToken(); err != nil {
		return err
	}
	if _, err := d.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("found text after the JSON object")
	}
	return nil
}

func (d *lineDecoder) member(e *entity.Entity) error {
	name, err := d.decoder.ReadValue()
	if err != nil {
		return err
	}
	d.name, _ = jsontext.AppendUnquote(d.name[:0], name)
	value, err := d.decoder.ReadValue()
	if err != nil {
		return err
	}
	f, known := fieldByName[string(d.name)]
	switch {
	case !known:
		d.report(string(d.name), "", "unknown key", strictyaml.DidYouMean(string(d.name), lineKeyNames()))
	case d.seen[f]:
		d.report(lineKeys[f].name, "", "duplicate key", "keep one of them")
	case f == fieldFiscalYearEnd:
		d.seen[f] = true
		d.month(value, e)
	default:
		d.seen[f] = true
		d.text(f, value)
	}
	return nil
}

// text takes the value of a field that is a text.
func (d *lineDecoder) text(f field, value jsontext.Value) {
	if value.Kind() != '"' {
		d.report(lineKeys[f].name, string(value), "expected text", "put it in quotes")
		return
	}
	d.valid[f] = true
	if f <= fieldRemote {
		d.start[f] = len(d.texts)
		d.texts, _ = jsontext.AppendUnquote(d.texts, value)
		d.end[f] = len(d.texts)
		return
	}
	d.scratch, _ = jsontext.AppendUnquote(d.scratch[:0], value)
	d.internedValues[f] = d.interners[f].get(d.scratch)
}

func (d *lineDecoder) month(value jsontext.Value, e *entity.Entity) {
	month, err := strconv.Atoi(string(value))
	if err != nil || month < 1 || month > 12 {
		d.report(lineKeys[fieldFiscalYearEnd].name, string(value), "expected a month, 1 to 12", "the last month of the fiscal year")
		return
	}
	d.valid[fieldFiscalYearEnd] = true
	e.FiscalYearEnd = month
}

// fill moves the texts into the entity.
func (d *lineDecoder) fill(e *entity.Entity) {
	texts := string(d.texts)
	get := func(f field) string {
		if !d.valid[f] {
			return ""
		}
		return texts[d.start[f]:d.end[f]]
	}
	again := func(f field) string {
		if !d.valid[f] {
			return ""
		}
		return d.internedValues[f].text
	}
	e.ID, e.Name, e.Account, e.Remote = entity.ID(get(fieldID)), get(fieldName), get(fieldAccount), get(fieldRemote)
	e.Pool, e.Templates, e.Calendar = again(fieldPool), again(fieldTemplates), again(fieldCalendar)
	e.Timezone, e.State, e.Close = again(fieldTimezone), entity.State(again(fieldState)), entity.CloseConvention(again(fieldClose))
}

func (d *lineDecoder) missing() {
	for f, seen := range d.seen {
		if !seen && !lineKeys[f].optional {
			d.report(lineKeys[f].name, "", "missing", "")
		}
	}
}

func (d *lineDecoder) report(key, value, message, hint string) {
	d.problems = append(d.problems, failure.Problem{Line: d.line, Key: key, Value: value, Message: message, Hint: hint})
}

// syntaxMessage takes the place and the cause out of the JSON decoder's message.
func syntaxMessage(err error) string {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("not valid JSON at column %d: %v", syntax.ByteOffset+1, syntax.Err)
	}
	return err.Error()
}
