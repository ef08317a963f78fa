package catalog

import (
	"strings"
	"unicode"

	"metronome/internal/content"
	"metronome/internal/strictyaml"
)

// item is an item of a checklist or a reconciliation, as it is read.
type item struct {
	set *setReader

	id, title, section, folder, instructions string
	account, name, currency                  string

	workbook                     *strictyaml.Value
	frequency                    content.Frequency
	preparers, reviewers         []content.Assignee
	preparerRules, reviewerRules []dueRule
}

func (i *item) checklistItem(strictyaml.Value) content.Item {
	return content.Item{
		ID: i.id, Title: i.title, Section: i.section, Folder: i.folder, Instructions: i.instructions, Frequency: i.frequency,
		Preparers: i.preparers, Reviewers: i.reviewers, Status: content.NotStarted,
	}
}

func (i *item) reconciliation(v strictyaml.Value) content.Reconciliation {
	made := content.Reconciliation{
		ID: i.id, Account: i.account, Name: i.name, Currency: i.currency, Folder: i.folder, Frequency: i.frequency,
		Preparers: i.preparers, Reviewers: i.reviewers, Status: content.NotStarted,
	}
	made.Workbook = i.set.reconciliationWorkbook(v, made, i.workbook)
	return made
}

// Keys of a checklist's items.
var itemKeys = strictyaml.Keys[item]{
	idKey,
	{
		Name: "title", Required: true, Summary: "What is to be done", Values: "text, may contain tokens",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(i *item, v strictyaml.Value) { i.title = i.set.readTitle(v) }),
	},
	{
		Name: "section", DefaultText: "none", Summary: "Section heading",
		Reader: strictyaml.StoreInto(nameType(strictyaml.Value.Text), func(i *item) *string { return &i.section }),
	},
	{
		Name: "folder", DefaultText: "none", Summary: "Folder for its documents", Values: "one of the set's folders, or one above them",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, readFolderOfItem),
	},
	{
		Name: "instructions", DefaultText: "none", Summary: "How it is done", Values: "text of one or more lines, at most 32,000 bytes",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(i *item, v strictyaml.Value) { i.instructions = readInstructions(v) }),
	},
	frequencyKey, preparersKey, reviewersKey,
}

// Keys of reconciliations.
var reconciliationKeys = strictyaml.Keys[item]{
	idKey,
	{
		Name: "account", Required: true, Summary: "General ledger account; kept as written, `0300` too",
		Reader: strictyaml.StoreInto(nameType(strictyaml.Value.Label), func(i *item) *string { return &i.account }),
	},
	{
		Name: "name", Required: true, Summary: "The account's name",
		Reader: strictyaml.StoreInto(nameType(strictyaml.Value.Text), func(i *item) *string { return &i.name }),
	},
	{
		Name: "currency", Required: true, Summary: "Its currency", Values: "ISO 4217 code, like `USD`",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(i *item, v strictyaml.Value) { i.currency = readCurrency(v) }),
	},
	{
		Name: "folder", Required: true, Summary: "Where its workbook goes", Values: "one of the set's folders, or one above them",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, readFolderOfItem),
	},
	{
		Name: "workbook", DefaultText: "`<account> <name> {YYYY}-{MM}.xlsx`, with characters that providers forbid replaced by `-`: `1000 Cash- operating 2026-11.xlsx`",
		Summary: "Its workbook", Values: "path of an .xlsx, or a name within `folder`",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(i *item, v strictyaml.Value) { i.workbook = &v }),
	},
	frequencyKey, preparersKey, reviewersKey,
}

var (
	idKey = strictyaml.Key[item]{
		Name: "id", Required: true, Summary: "Unique in its list. An item whose id changes is a new item",
		Values: "1 to 100 letters, digits, `-`, `_`, `.`",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(i *item, v strictyaml.Value) { i.id = i.set.readID(v) }),
	}
	frequencyKey = strictyaml.Key[item]{
		Name: "frequency", Required: true, Summary: "How often it is due, counted from the fiscal year end",
		Reader: strictyaml.StoreInto(frequencyType(), func(i *item) *content.Frequency { return &i.frequency }),
	}
	preparersKey = strictyaml.Key[item]{
		Name: "preparers", Required: true, Summary: "Who does it",
		Reader: strictyaml.ReadWith(list("at least one assignee"), func(i *item, v strictyaml.Value) {
			i.preparers, i.preparerRules = readAssignees(v)
		}),
	}
	reviewersKey = strictyaml.Key[item]{
		Name: "reviewers", DefaultText: "none", Summary: "Who reviews it",
		Reader: strictyaml.ReadWith(list("at least one assignee"), func(i *item, v strictyaml.Value) {
			i.reviewers, i.reviewerRules = readAssignees(v)
		}),
	}
)

func readFolderOfItem(i *item, v strictyaml.Value) { i.folder = i.set.readFolder(v) }

func frequencyType() strictyaml.Type[content.Frequency] {
	return strictyaml.Enum(content.Monthly, content.Quarterly, content.SemiAnnual, content.Annual, content.Once)
}

// nameType is text of one line that people read.
func nameType(read func(strictyaml.Value) (string, bool)) strictyaml.Type[string] {
	text := strictyaml.Type[string]{Schema: strictyaml.Schema{Values: "text"}, Read: read}
	return strictyaml.AndThen(text, func(v strictyaml.Value, name string) (string, bool) {
		found := checkName(name)
		if found.message != "" {
			v.Report(found.hint, "%s", found.message)
		}
		return name, found.message == ""
	})
}

func (r *setReader) readID(v strictyaml.Value) string {
	id, ok := v.Label()
	if !ok {
		return ""
	}
	if !itemIDPattern.MatchString(id) {
		v.Report("1 to 100 letters, digits, '-', '_', '.', beginning with a letter or digit", "not an item's id")
	}
	if line, taken := r.ids[id]; taken {
		v.Report("give each item its own id", "duplicate id, also on line %d", line)
	}
	r.ids[id] = v.Line()
	return id
}

func (r *setReader) readTitle(v strictyaml.Value) string {
	title, _ := nameType(strictyaml.Value.Text).Read(v)
	reportTokens(v, title)
	r.titles = append(r.titles, pathAt{at: v, path: title})
	return title
}

// maxInstructionsBytes keeps within what one cell of a workbook takes (32,767 characters).
const maxInstructionsBytes = 32_000

func readInstructions(v strictyaml.Value) string {
	text, _ := v.Text()
	switch {
	case len(text) > maxInstructionsBytes:
		v.Report("move long text to a document", "%d bytes long, expected at most %d", len(text), maxInstructionsBytes)
	case strings.ContainsFunc(text, isForbiddenControl):
		v.Report("", "contains a control character")
	}
	return text
}

func readCurrency(v strictyaml.Value) string {
	code, ok := v.Text()
	if ok && !currencyPattern.MatchString(code) {
		v.Report("like USD or EUR", "not an ISO 4217 currency code")
	}
	return code
}

// defaultWorkbook names a reconciliation's workbook where the template set does not.
func defaultWorkbook(item content.Reconciliation) string {
	const most = 200 // bytes, which leaves room for the period and the ending
	return truncate(safeName(item.Account+" "+item.Name), most) + " {YYYY}-{MM}.xlsx"
}

// isForbiddenControl reports whether text of several lines may not contain a character.
func isForbiddenControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
