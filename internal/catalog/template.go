package catalog

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

// TemplatesVersion is the format version of template sets.
const TemplatesVersion = 1

var (
	setName  = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)
	itemID   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
)

// ParseTemplates reads and checks a template set. The name is that of the set; the file's name appears in problems. Every
// problem is reported. Deadlines are compared in the calendar of US federal holidays.
func ParseTemplates(name, file string, data []byte) (content.TemplateSet, error) {
	return readTemplates(name, file, data, usual())
}

// CheckTemplates reads a template set and checks it for the entities that use it: no preparer is due after a reviewer in
// their calendars, and no path below their folders is too long for a provider.
func CheckTemplates(name, file string, data []byte, use Use) (content.TemplateSet, error) {
	return readTemplates(name, file, data, use)
}

func readTemplates(name, file string, data []byte, use Use) (content.TemplateSet, error) {
	r := &setReader{tree: folderTree{}, listed: map[string]bool{}, workbooks: map[string]strictyaml.Value{}}
	err := strictyaml.Read(file, data, failure.Data, func(root strictyaml.Value) {
		if !setName.MatchString(name) {
			root.ReportSecret("1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit", "%q is not a template set's name", name)
		}
		r.read(root)
		r.checkFolders()
		r.checkCollisions()
		r.checkLengths(use)
		r.checkDeadlines(use.Conventions)
		r.checkRolls(root, use.Periods)
	})
	if err != nil {
		return content.TemplateSet{}, err
	}
	return r.set, nil
}

// setReader reads one template set. What can only be judged when all of the set is known is kept with its Value.
type setReader struct {
	set       content.TemplateSet
	ids       map[string]int              // line of each id of the list being read
	tree      folderTree                  // of the set's folders
	listed    map[string]bool             // the set's folders themselves
	paths     []placed                    // every folder and workbook itself
	titles    []placed                    // of checklist items
	placed    []placed                    // folders and workbooks to be found in the tree
	workbooks map[string]strictyaml.Value // by folded path
	deadlines []deadline
}

func (r *setReader) read(root strictyaml.Value) {
	root.Object(strictyaml.Fields{
		"version":         strictyaml.Required(r.readVersion),
		"folders":         strictyaml.Required(r.readFolders),
		"checklist":       strictyaml.Optional(r.readChecklist),
		"reconciliations": strictyaml.Optional(r.readReconciliations),
		"documents":       strictyaml.Optional(r.readDocuments),
	})
}

func (r *setReader) readVersion(v strictyaml.Value) {
	if version, ok := v.Int(1, 1<<31); ok && version != TemplatesVersion {
		v.Report("", "want version %d", TemplatesVersion)
	}
	r.set.Version = TemplatesVersion
}

func (r *setReader) readChecklist(v strictyaml.Value) {
	var workbook *strictyaml.Value
	v.Object(strictyaml.Fields{
		"workbook": strictyaml.Required(func(v strictyaml.Value) { workbook = &v }),
		"items":    strictyaml.Required(func(v strictyaml.Value) { r.set.Checklist.Items = readItems(v, r, r.readItem) }),
	})
	if workbook != nil {
		r.set.Checklist.Workbook = r.readWorkbook(*workbook, "")
	}
}

func (r *setReader) readReconciliations(v strictyaml.Value) {
	v.Object(strictyaml.Fields{
		"items": strictyaml.Required(func(v strictyaml.Value) {
			r.set.Reconciliations.Items = readItems(v, r, r.readReconciliation)
		}),
	})
}

// readItems reads a list whose items have ids of their own.
func readItems[T any](v strictyaml.Value, r *setReader, read func(strictyaml.Value) T) []T {
	r.ids = map[string]int{}
	var items []T
	v.Each(func(_ int, v strictyaml.Value) { items = append(items, read(v)) })
	return items
}

func (r *setReader) readItem(v strictyaml.Value) content.Item {
	item := content.Item{Status: content.NotStarted}
	line := deadline{at: v}
	v.Object(strictyaml.Fields{
		"id":           strictyaml.Required(func(v strictyaml.Value) { item.ID = r.readID(v) }),
		"title":        strictyaml.Required(func(v strictyaml.Value) { item.Title = r.readTitle(v) }),
		"section":      strictyaml.Optional(func(v strictyaml.Value) { item.Section = readName(v) }),
		"folder":       strictyaml.Optional(func(v strictyaml.Value) { item.Folder = r.readFolder(v) }),
		"instructions": strictyaml.Optional(func(v strictyaml.Value) { item.Instructions = readInstructions(v) }),
		"frequency":    strictyaml.Required(func(v strictyaml.Value) { item.Frequency = readFrequency(v) }),
		"preparers":    strictyaml.Required(func(v strictyaml.Value) { item.Preparers, line.preparers = readAssignees(v) }),
		"reviewers":    strictyaml.Optional(func(v strictyaml.Value) { item.Reviewers, line.reviewers = readAssignees(v) }),
	})
	r.deadlines = append(r.deadlines, line)
	return item
}

func (r *setReader) readReconciliation(v strictyaml.Value) content.Reconciliation {
	item := content.Reconciliation{Status: content.NotStarted}
	line := deadline{at: v}
	var workbook *strictyaml.Value
	v.Object(strictyaml.Fields{
		"id":        strictyaml.Required(func(v strictyaml.Value) { item.ID = r.readID(v) }),
		"account":   strictyaml.Required(func(v strictyaml.Value) { item.Account = readLabel(v) }),
		"name":      strictyaml.Required(func(v strictyaml.Value) { item.Name = readName(v) }),
		"currency":  strictyaml.Required(func(v strictyaml.Value) { item.Currency = readCurrency(v) }),
		"folder":    strictyaml.Required(func(v strictyaml.Value) { item.Folder = r.readFolder(v) }),
		"workbook":  strictyaml.Optional(func(v strictyaml.Value) { workbook = &v }),
		"frequency": strictyaml.Required(func(v strictyaml.Value) { item.Frequency = readFrequency(v) }),
		"preparers": strictyaml.Required(func(v strictyaml.Value) { item.Preparers, line.preparers = readAssignees(v) }),
		"reviewers": strictyaml.Optional(func(v strictyaml.Value) { item.Reviewers, line.reviewers = readAssignees(v) }),
	})
	item.Workbook = r.reconciliationWorkbook(v, item, workbook)
	r.deadlines = append(r.deadlines, line)
	return item
}

func (r *setReader) readID(v strictyaml.Value) string {
	id, ok := v.Label()
	if !ok {
		return ""
	}
	if !itemID.MatchString(id) {
		v.Report("1 to 100 letters, digits, '-', '_', '.', beginning with a letter or digit", "not an item's id")
	}
	if line, taken := r.ids[id]; taken {
		v.Report("the item's history hangs on its id", "the id is taken by line %d", line)
	}
	r.ids[id] = v.Line()
	return id
}

func readName(v strictyaml.Value) string {
	text, ok := v.Text()
	return named(v, text, ok)
}

func readLabel(v strictyaml.Value) string {
	text, ok := v.Label()
	return named(v, text, ok)
}

func named(v strictyaml.Value, text string, ok bool) string {
	if found := nameFlaw(text); ok && found.message != "" {
		v.Report(found.hint, "%s", found.message)
	}
	return text
}

func (r *setReader) readTitle(v strictyaml.Value) string {
	title := readName(v)
	reportTokens(v, title)
	r.titles = append(r.titles, placed{at: v, path: title})
	return title
}

// maxInstructions keeps within what one cell of a workbook takes (32,767 characters).
const maxInstructions = 32_000

func readInstructions(v strictyaml.Value) string {
	text, _ := v.Text()
	switch {
	case len(text) > maxInstructions:
		v.Report("put long texts into a document", "%d bytes long, want at most %d", len(text), maxInstructions)
	case strings.ContainsFunc(text, isControlInText):
		v.Report("", "holds a control character")
	}
	return text
}

func readFrequency(v strictyaml.Value) content.Frequency {
	name, _ := v.OneOf(string(content.Monthly), string(content.Quarterly), string(content.SemiAnnual), string(content.Annual),
		string(content.Once))
	return content.Frequency(name)
}

func readCurrency(v strictyaml.Value) string {
	code, ok := v.Text()
	if ok && !currency.MatchString(code) {
		v.Report("like USD or EUR", "not an ISO 4217 currency code")
	}
	return code
}

func (r *setReader) readDocuments(v strictyaml.Value) {
	var patterns []string
	v.Each(func(_ int, v strictyaml.Value) {
		rule := readDocumentRule(v)
		if rule.Pattern != "" && slices.Contains(patterns, rule.Pattern) {
			v.Report("the first rule that matches decides", "the pattern %q is there twice", rule.Pattern)
		}
		patterns = append(patterns, rule.Pattern)
		r.set.Documents = append(r.set.Documents, rule)
	})
}

func readDocumentRule(v strictyaml.Value) content.DocumentRule {
	var rule content.DocumentRule
	v.Object(strictyaml.Fields{
		"pattern": strictyaml.Required(func(v strictyaml.Value) { rule.Pattern = readPattern(v) }),
		"action": strictyaml.Required(func(v strictyaml.Value) {
			action, _ := v.OneOf(string(content.Copy), string(content.Placeholder), string(content.Skip))
			rule.Action = content.Action(action)
		}),
	})
	return rule
}

// defaultWorkbook names a reconciliation's workbook where the template set does not.
func defaultWorkbook(item content.Reconciliation) string {
	const most = 200 // bytes, which leaves room for the period and the ending
	return cut(safeName(item.Account+" "+item.Name), most) + " {YYYY}-{MM}.xlsx"
}

// isControlInText tells a control character that is none of a text of several lines.
func isControlInText(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
