package catalog

import (
	"regexp"
	"slices"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

// TemplatesVersion is the format version of template sets.
const TemplatesVersion = 1

var (
	setName         = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)
	itemIDPattern   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

// ParseTemplates reads and checks a template set. The name is that of the set; the file's name appears in problems. Every
// problem is reported. Deadlines are compared in the calendar of US federal holidays.
func ParseTemplates(name, file string, data []byte) (content.TemplateSet, error) {
	return readTemplates(name, file, data, defaultRequirements())
}

// CheckTemplates reads a template set and checks it for the entities that use it: no preparer is due after a reviewer in
// their calendars, and no path below their folders is too long for a provider.
func CheckTemplates(name, file string, data []byte, need Requirements) (content.TemplateSet, error) {
	return readTemplates(name, file, data, need)
}

func readTemplates(name, file string, data []byte, need Requirements) (content.TemplateSet, error) {
	r := &setReader{tree: folderTree{}, listed: map[string]bool{}, workbooks: map[string]strictyaml.Value{}}
	err := strictyaml.Read(file, data, failure.Data, func(root strictyaml.Value) {
		if !setName.MatchString(name) {
			root.ReportSecret("1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit", "%q is not a template set's name", name)
		}
		setKeys.Read(root, r)
		r.checkFolders()
		r.checkCollisions()
		r.checkLengths(need)
		r.checkDeadlines(need.Conventions)
		r.checkRolls(root, need.Periods)
	})
	if err != nil {
		return content.TemplateSet{}, err
	}
	return r.set, nil
}

// setReader reads one template set. What can only be checked when all of the set is known is kept with its Value.
type setReader struct {
	set       content.TemplateSet
	ids       map[string]int              // line of each id of the list being read
	tree      folderTree                  // of the set's folders
	listed    map[string]bool             // the set's folders themselves
	paths     []pathAt                    // every folder and workbook itself
	titles    []pathAt                    // of checklist items
	placed    []pathAt                    // folders and workbooks to be found in the tree
	workbooks map[string]strictyaml.Value // by folded path
	deadlines []deadline
}

// setKeys are the keys of a template set. The tables of docs/catalog.md are made of them and of those below.
var setKeys = strictyaml.Keys[setReader]{
	{
		Name: "version", Required: true, Summary: "Format of the file", Values: "`1`",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, (*setReader).readVersion),
	},
	{
		Name: "folders", Required: true, Summary: "The period's folder tree",
		Reader: strictyaml.ReadWith(list("paths"), (*setReader).readFolders),
	},
	{
		Name: "checklist", Summary: "What is to be done in every period",
		Reader: strictyaml.ReadWith(checklistKeys.Schema(), func(r *setReader, v strictyaml.Value) { checklistKeys.Read(v, r) }),
	},
	{
		Name: "reconciliations", Summary: "The accounts that are reconciled in every period",
		Reader: strictyaml.ReadWith(reconciliationsKeys.Schema(), func(r *setReader, v strictyaml.Value) { reconciliationsKeys.Read(v, r) }),
	},
	{
		Name: "documents", DefaultText: "none is carried forward", Summary: "What happens to the documents in the prior period's folder",
		Reader: strictyaml.ReadWith(list("rules"), (*setReader).readDocuments),
	},
}

var checklistKeys = strictyaml.Keys[setReader]{
	{
		Name: "workbook", Required: true, Summary: "Where the checklist's workbook goes", Values: "path of an .xlsx",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(r *setReader, v strictyaml.Value) {
			r.set.Checklist.Workbook = r.readWorkbook(v, "")
		}),
	},
	{
		Name: "items", Required: true, Summary: "See below",
		Reader: strictyaml.ReadWith(list("items"), func(r *setReader, v strictyaml.Value) {
			r.set.Checklist.Items = readItems(v, r, itemKeys, (*item).checklistItem)
		}),
	},
}

var reconciliationsKeys = strictyaml.Keys[setReader]{
	{
		Name: "items", Required: true, Summary: "See below",
		Reader: strictyaml.ReadWith(list("items"), func(r *setReader, v strictyaml.Value) {
			r.set.Reconciliations.Items = readItems(v, r, reconciliationKeys, (*item).reconciliation)
		}),
	},
}

func list(of string) strictyaml.Schema {
	return strictyaml.Schema{Type: "array", Values: "list of " + of}
}

func (r *setReader) readVersion(v strictyaml.Value) {
	if version, ok := v.Int(1, 1<<31); ok && version != TemplatesVersion {
		v.Report("", "expected version %d", TemplatesVersion)
	}
	r.set.Version = TemplatesVersion
}

// readItems reads a list whose items have ids of their own.
func readItems[T any](v strictyaml.Value, r *setReader, keys strictyaml.Keys[item], convert func(*item, strictyaml.Value) T) []T {
	r.ids = map[string]int{}
	var items []T
	v.Each(func(_ int, v strictyaml.Value) {
		read := item{set: r}
		keys.Read(v, &read)
		items = append(items, convert(&read, v))
		r.deadlines = append(r.deadlines, deadline{preparers: read.preparerRules, reviewers: read.reviewerRules})
	})
	return items
}

func (r *setReader) readDocuments(v strictyaml.Value) {
	var patterns []string
	v.Each(func(_ int, v strictyaml.Value) {
		var rule content.DocumentRule
		documentKeys.Read(v, &rule)
		if rule.Pattern != "" && slices.Contains(patterns, rule.Pattern) {
			v.Report("the first rule that matches decides", "duplicate pattern %q", rule.Pattern)
		}
		patterns = append(patterns, rule.Pattern)
		r.set.Documents = append(r.set.Documents, rule)
	})
}

var documentKeys = strictyaml.Keys[content.DocumentRule]{
	{
		Name: "pattern", Required: true, Summary: "Which documents, relative to the folder of the period", Values: "glob",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(rule *content.DocumentRule, v strictyaml.Value) { rule.Pattern = readPattern(v) }),
	},
	{
		Name: "action", Required: true, Summary: "What happens to them",
		Reader: strictyaml.StoreInto(strictyaml.Enum(content.Copy, content.Placeholder, content.Skip),
			func(rule *content.DocumentRule) *content.Action { return &rule.Action }),
	},
}
