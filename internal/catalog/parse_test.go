package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/failure"
)

const acme = `{"id":"acme-us","name":"Acme US, Inc.","pool":"box","account":"acme","remote":"box-acme:Close/Acme US",` +
	`"templates":"standard","calendar":"US","timezone":"America/New_York","fiscalYearEnd":12,"state":"active"}`

func TestParseReadsALine(t *testing.T) {
	t.Parallel()
	got, err := catalog.Parse("entities.jsonl", []byte("\ufeff\n"+acme+"\r\n\n"), known)
	require.NoError(t, err)
	require.Equal(t, []entity.Entity{{
		ID: "acme-us", Name: "Acme US, Inc.", Pool: "box", Account: "acme", Remote: "box-acme:Close/Acme US",
		Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
	}}, got.Entities)
}

// problemsOf gives the lines of a failed Parse without the file's name.
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var problems failure.Problems
	require.True(t, errors.As(err, &problems), "want problems, got %v", err)
	require.Equal(t, failure.Data, problems.Class)
	lines := make([]string, len(problems.List))
	for i, p := range problems.List {
		lines[i] = strings.TrimPrefix(p.String(), p.File+":")
	}
	return lines
}

func TestParseReportsWhatIsWrongWithALine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, new string // replaced in the line of acme
		want     []string
	}{
		"pool":      {`"pool":"box"`, `"pool":"bx"`, []string{`1: pool "bx": unknown pool (did you mean "box"?)`}},
		"templates": {`"standard"`, `"standart"`, []string{`1: templates "standart": unknown template set (did you mean "standard"?)`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.Parse("entities.jsonl", []byte(strings.Replace(acme, test.old, test.new, 1)), known)
			require.Equal(t, test.want, problemsOf(t, err))
		})
	}
}
