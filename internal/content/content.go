// Package content defines the documents that make up one entity's period in the ledger, below entities/<entity>/<period>/:
// period.json, folders.json, checklist.json, reconciliations.json and documents.json. They are plain values; the rules that
// make a new period of them are in package rollforward.
package content

import (
	"time"

	"metronome/internal/period"
)

// Version is the format version that every content document carries.
const Version = 1

// PeriodState says whether a period may still be written to.
type PeriodState string

// The states of a period. Where period.json is missing a period is open.
const (
	Open   PeriodState = "open"
	Closed PeriodState = "closed"
	Locked PeriodState = "locked"
)

// Period is period.json.
type Period struct {
	Version int           `json:"version"`
	Period  period.Period `json:"period"`
	State   PeriodState   `json:"state"`
}

// Folders is folders.json: the period's folder tree.
type Folders struct {
	Version int           `json:"version"`
	Period  period.Period `json:"period"`
	// Root is the folder that holds the period alone: the deepest folder above all of the period's files and leaf folders.
	Root string `json:"root"`
	// Paths are slash-separated, relative to the entity's remote, parents before children, without "." or "..".
	Paths []string `json:"paths"`
	// SeenTemplates are the template set's folder patterns known when this tree was made. A pattern among them whose folder is
	// missing was deleted by the customer and stays deleted; any other is new and is added. Missing or null: unknown, and then
	// every pattern counts as seen.
	SeenTemplates []string  `json:"seen"`
	Style         NameStyle `json:"style,omitzero"`
}

// NameStyle is what names cannot say in every month, and so is remembered from month to month.
type NameStyle struct {
	ShortMonths     bool `json:"shortMonths,omitempty"`  // May is Apr's successor, not April's
	UnpaddedNumbers bool `json:"plainNumbers,omitempty"` // after 12 comes 1, not 01
	FiscalYears     bool `json:"fiscalYears,omitempty"`  // a bare 2027 is the fiscal year, also where it is the calendar year too
	// Accounts are four-digit account numbers that could be years: "2026 Accrued expenses" stays as it is.
	Accounts []string `json:"accounts,omitempty"`
}

// Frequency says in which periods an item is due.
type Frequency string

// The frequencies, counted from the entity's fiscal year end: quarterly items are due in fiscal months 3, 6, 9 and 12,
// semi-annual ones in 6 and 12, annual ones in 12. Once: in the period it was made for only.
const (
	Monthly    Frequency = "monthly"
	Quarterly  Frequency = "quarterly"
	SemiAnnual Frequency = "semi-annual"
	Annual     Frequency = "annual"
	Once       Frequency = "once"
)

// Status is where the work on an item stands.
type Status string

// The statuses of an item.
const (
	NotStarted Status = "not-started"
	InProgress Status = "in-progress"
	SignedOff  Status = "signed-off"
)

// Assignee is one preparer or reviewer with a deadline of their own.
type Assignee struct {
	Name      string    `json:"name" yaml:"name"`
	Due       string    `json:"due" yaml:"due"`                                 // the rule: BD3, BD-1, D15, EOM
	DueDate   string    `json:"dueDate,omitempty" yaml:"-"`                     // the due date in this period: 2027-01-06
	Frequency Frequency `json:"frequency,omitempty" yaml:"frequency,omitempty"` // empty: the item's
}

// SignOff records that an assignee finished their part.
type SignOff struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Item is one line of a checklist.
type Item struct {
	ID           string          `json:"id" yaml:"id"`
	Title        string          `json:"title" yaml:"title"`
	Section      string          `json:"section,omitempty" yaml:"section,omitempty"`
	Folder       string          `json:"folder,omitempty" yaml:"folder,omitempty"` // folder for its documents; one of the tree's folders
	Instructions string          `json:"instructions,omitempty" yaml:"instructions,omitempty"`
	Frequency    Frequency       `json:"frequency" yaml:"frequency"`
	Preparers    []Assignee      `json:"preparers" yaml:"preparers"`
	Reviewers    []Assignee      `json:"reviewers,omitempty" yaml:"reviewers,omitempty"`
	NotDue       NotDueAssignees `json:"resting,omitzero" yaml:"-"`
	Status       Status          `json:"status" yaml:"-"`
	SignOffs     []SignOff       `json:"signOffs,omitempty" yaml:"-"`
	Comments     []string        `json:"comments,omitempty" yaml:"-"`
}

// NotDueAssignees are the assignees who are not due in this period although their item is; the next roll considers them again.
type NotDueAssignees struct {
	Preparers []Assignee `json:"preparers,omitempty"`
	Reviewers []Assignee `json:"reviewers,omitempty"`
}

// Checklist is checklist.json.
type Checklist struct {
	Version  int           `json:"version"`
	Period   period.Period `json:"period"`
	Workbook string        `json:"workbook"` // path of its .xlsx, relative to the entity's remote
	Items    []Item        `json:"items"`
	// NotDue are the items not due this period; the next roll considers them again.
	NotDue []Item `json:"remembered,omitempty"`
	// SeenTemplates are the template set's item ids known when this checklist was made; as for Folders.
	SeenTemplates []string `json:"seen"`
	// PriorWorkbook is where the prior period's workbook was put; it is never carried forward as a document.
	PriorWorkbook string    `json:"priorWorkbook,omitempty"`
	Style         NameStyle `json:"style,omitzero"`
}

// Reconciliation is one account to be reconciled. Balances are decimal texts ("-1234.50"); "" means unknown.
type Reconciliation struct {
	ID       string `json:"id" yaml:"id"`
	Account  string `json:"account" yaml:"account"` // general ledger account number
	Name     string `json:"name" yaml:"name"`
	Currency string `json:"currency" yaml:"currency"` // ISO 4217
	Folder   string `json:"folder" yaml:"folder"`     // where its workbook goes; one of the tree's folders
	// Workbook is the path of its .xlsx, relative to the entity's remote. A template file may leave it out; reading the
	// catalog fills it in.
	Workbook           string          `json:"workbook" yaml:"workbook,omitempty"`
	Frequency          Frequency       `json:"frequency" yaml:"frequency"`
	Preparers          []Assignee      `json:"preparers" yaml:"preparers"`
	Reviewers          []Assignee      `json:"reviewers,omitempty" yaml:"reviewers,omitempty"`
	NotDue             NotDueAssignees `json:"resting,omitzero" yaml:"-"`
	Opening            string          `json:"opening" yaml:"-"`
	OpeningProvisional bool            `json:"openingProvisional" yaml:"-"`      // the prior period was not closed when this was made
	OpeningStale       bool            `json:"openingStale,omitempty" yaml:"-"`  // the prior period's closing has changed since
	WorkbookStale      bool            `json:"workbookStale,omitempty" yaml:"-"` // delivered with another opening than this one
	Closing            string          `json:"closing,omitempty" yaml:"-"`
	Status             Status          `json:"status" yaml:"-"`
	SignOffs           []SignOff       `json:"signOffs,omitempty" yaml:"-"`
	Comments           []string        `json:"comments,omitempty" yaml:"-"`
}

// Reconciliations is reconciliations.json.
type Reconciliations struct {
	Version       int              `json:"version"`
	Period        period.Period    `json:"period"`
	Items         []Reconciliation `json:"items"`
	NotDue        []Reconciliation `json:"remembered,omitempty"` // as for Checklist; Closing is the last known
	SeenTemplates []string         `json:"seen"`
	// PriorWorkbooks are where the prior period's workbooks were put; they are never carried forward as documents.
	PriorWorkbooks []string  `json:"priorWorkbooks,omitempty"`
	Style          NameStyle `json:"style,omitzero"`
}

// Action says what becomes of a document of the prior period.
type Action string

// What becomes of a prior period's document.
const (
	Copy        Action = "copy"        // the same bytes under the rolled name
	Placeholder Action = "placeholder" // an empty file under the rolled name
	Skip        Action = "skip"        // nothing
)

// DocumentRule says what becomes of the documents that its pattern matches. The first matching rule decides; no rule: skip.
type DocumentRule struct {
	Pattern string `json:"pattern" yaml:"pattern"` // glob relative to the period's root folder; ** crosses folders, case does not matter
	Action  Action `json:"action" yaml:"action"`
}

// Documents is documents.json: how documents found in the prior period's root folder are carried forward.
type Documents struct {
	Version   int            `json:"version"`
	Period    period.Period  `json:"period"`
	PriorRoot string         `json:"priorRoot"` // where they are looked for, relative to the entity's remote
	Root      string         `json:"root"`      // where they go
	Rules     []DocumentRule `json:"rules"`
	// SeenTemplates are the template set's rules known when this was made, as "<action> <pattern>": what tells a rule that the
	// customer deleted, added or changed from one that the template set has since. Missing or null: as for Folders.
	SeenTemplates []string  `json:"seen"`
	Style         NameStyle `json:"style,omitzero"`
}

// TemplateSet is catalog/templates/<set>.yaml. Texts in folders, workbook names and titles may hold the tokens
// {YYYY} {YY} {MM} {Month} {Mon} {Q} {FYYY} {FY} {FQ}.
type TemplateSet struct {
	Version         int               `yaml:"version"`
	Folders         []string          `yaml:"folders"`
	Checklist       ChecklistSet      `yaml:"checklist"`
	Reconciliations ReconciliationSet `yaml:"reconciliations"`
	Documents       []DocumentRule    `yaml:"documents"`
}

// ChecklistSet is the template of a checklist.
type ChecklistSet struct {
	Workbook string `yaml:"workbook"`
	Items    []Item `yaml:"items"`
}

// ReconciliationSet is the template of the reconciliations.
type ReconciliationSet struct {
	Items []Reconciliation `yaml:"items"`
}
