package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/failure"
)

// short returns what differs between imported entities.
func short(entities []entity.Entity) []string {
	lines := make([]string, len(entities))
	for i, e := range entities {
		lines[i] = strings.Join([]string{string(e.ID), e.Name, e.Pool, e.Account, e.Remote}, " | ")
	}
	return lines
}

func TestImportMakesEntities(t *testing.T) {
	t.Parallel()
	got, err := catalog.Import(testdata(t, "customers.csv"), catalog.ImportOptions{
		File: "customers.csv", Pools: []string{"box", "drive"}, Remote: "{pool}-main:Close/{name}", Account: "{pool}-{id}",
		FiscalYearEnd: 6, Timezone: "Europe/Oslo", Calendar: "NO", Templates: "small",
	})
	require.NoError(t, err)
	require.Equal(t, []string{
		"mmm | 3M | box | box-mmm | box-main:Close/3M",
		"brk.b | Berkshire Hathaway | drive | drive-brk.b | drive-main:Close/Berkshire Hathaway",
		"bf.b | Brown–Forman | box | box-bf.b | box-main:Close/Brown–Forman",
		"mmm-2 | 3M | drive | drive-mmm-2 | drive-main:Close/3M",
		"dup | 3m | box | box-dup | box-main:Close/3m (dup)",
		"aapl | Apple Inc. | drive | drive-aapl | drive-main:Close/Apple Inc",
		`mco | Moody's "Ratings" A/B | box | box-mco | box-main:Close/Moody's -Ratings- A-B`,
		"nda | Nordæa Åbo Øst | drive | drive-nda | drive-main:Close/Nordæa Åbo Øst",
	}, short(got))
	require.Equal(t, entity.Entity{
		ID: "mmm", Name: "3M", Pool: "box", Account: "box-mmm", Remote: "box-main:Close/3M", Templates: "small", Calendar: "NO",
		Timezone: "Europe/Oslo", FiscalYearEnd: 6, State: entity.Active,
	}, got[0])
}

func TestImportReadsSemicolonsAndMappedColumns(t *testing.T) {
	t.Parallel()
	options := catalog.ImportOptions{
		File: "kunden.csv", Pools: []string{"box"}, Remote: "box-acme:{account}/{name}", NameColumn: "kunde", AccountColumn: "KONTO",
	}
	got, err := catalog.Import(testdata(t, "kunden.csv"), options)
	require.NoError(t, err)
	want := []string{
		"grosse-and-sohne-gmbh | Größe & Söhne GmbH | box | G-1 | box-acme:G-1/Größe & Söhne GmbH",
		"entity-cb81d513eeaf | トヨタ自動車株式会社 | box | T-1 | box-acme:T-1/トヨタ自動車株式会社",
		"muller-meier | Müller; Meier | box | M-1 | box-acme:M-1/Müller; Meier",
		"muller-meier-2 | Müller Meier. | box | M-2 | box-acme:M-2/Müller Meier",
		"entity-898b77915fad | トヨタ | box | T-1 | box-acme:T-1/トヨタ",
	}
	require.Equal(t, want, short(got))

	_, err = catalog.Parse("entities.jsonl", catalog.Encode(got), known)
	require.NoError(t, err)
}

func TestImportReadsTabs(t *testing.T) {
	t.Parallel()
	got, err := catalog.Import([]byte("id\tnote\tname\n7\t\tAcme\n"), catalog.ImportOptions{Pools: []string{"box"}})
	require.NoError(t, err)
	require.Equal(t, []string{"7 | Acme | box | 7 | box:Acme"}, short(got))
}

func TestImportReportsEveryProblemOfTheList(t *testing.T) {
	t.Parallel()
	_, err := catalog.Import([]byte("id,name\n1,\n2,a,b\n3,"+strings.Repeat("x", 256)+"\n4,.\n"), catalog.ImportOptions{
		File: "list.csv", Pools: []string{"box"}, Remote: "box-acme:Close",
	})
	require.Equal(t, []string{
		`2: name: empty`,
		`3: expected 2 fields as in the heading, found 3`,
		`3: remote "box-acme:Close": another entity has the same folder (use {name} or {id} in --remote)`,
		`4: name "` + strings.Repeat("x", 256) + `": 256 bytes long, expected at most 255`,
		`4: remote "box-acme:Close": another entity has the same folder (use {name} or {id} in --remote)`,
		`5: remote "box-acme:Close": another entity has the same folder (use {name} or {id} in --remote)`,
	}, problemsOf(t, err))
}

func TestImportRefusesListsItCannotRead(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"":                    " the list is empty (a line of headings, then one line per customer)",
		"name\n":              " the list is empty (a line of headings, then one line per customer)",
		"firm\nAcme\n":        "1: --name-column: no column is headed name, security, company, customer, entity, company name, customer name (name the column with the names)",
		"name\nM\xfcller\n":   "2: not UTF-8 (save the list as CSV UTF-8)",
		"name,id\n\"a\"b,1\n": `2: column 3: extraneous or missing " in quoted-field (a quotation mark inside a field is doubled)`,
	} {
		_, err := catalog.Import([]byte(list), catalog.ImportOptions{File: "list.csv", Pools: []string{"box"}})
		require.Equal(t, []string{want}, problemsOf(t, err))
	}
}

func TestImportRefusesBadOptions(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]catalog.ImportOptions{
		"--pool: no pool is given":                                           {},
		`--remote "Close/{name}": expected a remote and a path`:              {Remote: "Close/{name}"},
		`--remote "box:{nam}": unknown placeholder {nam}`:                    {Remote: "box:{nam}"},
		`--account "{account}": unknown placeholder {account}`:               {Account: "{account}"},
		`--timezone "Oslo": unknown time zone`:                               {Timezone: "Oslo"},
		`--fiscal-year-end: expected a month, 1 to 12`:                       {FiscalYearEnd: 13},
		`list.csv:1: --id-column "cik": no such column (did you mean "id"?)`: {IDColumn: "cik", File: "list.csv"},
	} {
		if !strings.Contains(want, "no pool") {
			options.Pools = []string{"box"}
		}
		_, err := catalog.Import([]byte("id,name\n1,Acme\n"), options)
		require.EqualError(t, err, want)
		require.Contains(t, []failure.Class{failure.Config, failure.Data}, failure.ClassOf(err))
	}
}
