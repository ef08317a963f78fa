package catalog

import (
	"cmp"
	"slices"
	"strings"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// ImportOptions say how a list of customers becomes a catalog. Patterns may hold {id}, {name}, {account} and {pool}.
type ImportOptions struct {
	File          string   // name of the list, for problems
	Pools         []string // at least one; the entities are dealt out to them in turn
	Remote        string   // pattern; empty: "{pool}:{name}"
	Account       string   // pattern without {account}; empty: "{id}"
	Templates     string   // empty: "standard"
	Calendar      string   // empty: "US"
	Timezone      string   // empty: "UTC"
	FiscalYearEnd int      // 0: 12
	NameColumn    string   // heading of the column; empty: name, security, company or customer
	IDColumn      string   // empty: id, symbol or code, or else the id is made of the name
	AccountColumn string   // empty: the account is made by its pattern
}

func (o ImportOptions) withDefaults() ImportOptions {
	o.Remote = cmp.Or(o.Remote, "{pool}:{name}")
	o.Account = cmp.Or(o.Account, "{id}")
	o.Templates = cmp.Or(o.Templates, "standard")
	o.Calendar = cmp.Or(o.Calendar, "US")
	o.Timezone = cmp.Or(o.Timezone, "UTC")
	o.FiscalYearEnd = cmp.Or(o.FiscalYearEnd, 12)
	return o
}

// check returns an error of class Config for options that suit no list.
func (o ImportOptions) check() error {
	remoteName, _, hasColon := strings.Cut(o.Remote, ":")
	switch {
	case len(o.Pools) == 0:
		return failure.New(failure.Config, "--pool", "", "name a pool of the configuration", "no pool is given")
	case !hasColon || remoteName == "":
		return failure.New(failure.Config, "--remote", o.Remote, "box:Close/{name}", "expected a remote and a path")
	case o.FiscalYearEnd < 1 || o.FiscalYearEnd > 12:
		return failure.New(failure.Config, "--fiscal-year-end", "", "", "expected a month, 1 to 12")
	}
	if found := checkTimezone(o.Timezone); found.message != "" {
		return failure.New(failure.Config, "--timezone", o.Timezone, found.hint, "%s", found.message)
	}
	return cmp.Or(checkPattern("--remote", o.Remote, "{id}", "{name}", "{account}", "{pool}"),
		checkPattern("--account", o.Account, "{id}", "{name}", "{pool}"))
}

func checkPattern(flag, pattern string, placeholders ...string) error {
	for _, found := range braced.FindAllString(pattern, -1) {
		if !slices.Contains(placeholders, found) {
			return failure.New(failure.Config, flag, pattern, strictyaml.DidYouMean(found, placeholders), "unknown placeholder %s", found)
		}
	}
	return nil
}

// Import creates entities from a list of customers in CSV, separated by commas, semicolons or tabs, with a heading. Ids are
// slugs of the id column or the name, made unique by a number; names become folder names that every provider takes, and
// where two are the same the id is added. The same list and options give the same entities. Every problem of the list is
// reported, with class Data; bad options are of class Config.
func Import(list []byte, options ImportOptions) ([]entity.Entity, error) {
	o := options.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	rows, problems := readList(list, o)
	i := importer{options: o, ids: uniqueNames{}, folders: map[string]bool{}}
	entities := make([]entity.Entity, 0, len(rows))
	for _, row := range rows {
		entities = append(entities, i.entity(len(entities), row))
	}
	problems = append(problems, i.problems...)
	if len(problems) > 0 {
		for n := range problems {
			problems[n].File = o.File
		}
		slices.SortStableFunc(problems, func(a, b failure.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, failure.Problems{Class: failure.Data, List: problems}
	}
	return entities, nil
}

// importer creates entities one after another.
type importer struct {
	options  ImportOptions
	ids      uniqueNames
	folders  map[string]bool // folded
	problems []failure.Problem
}

func (i *importer) entity(n int, row row) entity.Entity {
	o := i.options
	pool := o.Pools[n%len(o.Pools)]
	id := i.ids.unique(slug(cmp.Or(row.id, row.name)))
	account := row.account
	if o.AccountColumn == "" {
		account = strings.NewReplacer("{id}", id, "{name}", row.name, "{pool}", pool).Replace(o.Account)
	}
	return entity.Entity{
		ID: entity.ID(id), Name: row.name, Pool: pool, Account: account, Remote: i.remote(row, id, account, pool),
		Templates: o.Templates, Calendar: o.Calendar, Timezone: o.Timezone, FiscalYearEnd: o.FiscalYearEnd, State: entity.Active,
	}
}

// remote fills the pattern in; a second entity in the same folder has its id added to its name.
func (i *importer) remote(row row, id, account, pool string) string {
	fill := func(name string) string {
		return strings.NewReplacer("{id}", id, "{name}", folderName(name), "{account}", safeName(account), "{pool}", pool).
			Replace(i.options.Remote)
	}
	remote := fill(row.name)
	if i.folders[string(appendFolderKey(nil, remote))] {
		remote = fill(row.name + " (" + id + ")")
	}
	folder := string(appendFolderKey(nil, remote))
	_, path, _ := strings.Cut(remote, ":")
	found := checkPath(strings.TrimPrefix(path, "/"), kind.PathRules{})
	if i.folders[folder] {
		found = problem{"another entity has the same folder", "use {name} or {id} in --remote"}
	}
	if found.message != "" {
		i.problems = append(i.problems, failure.Problem{
			Line: row.line, Key: "remote", Value: remote, Message: found.message, Hint: found.hint,
		})
	}
	i.folders[folder] = true
	return remote
}

// folderName turns an entity's name into a folder's; where nothing is left of it, into a hash.
func folderName(name string) string {
	return cmp.Or(safeName(name), slug(name))
}
