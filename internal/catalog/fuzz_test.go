package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

// Whatever Parse accepts, the plain decoder reads to the same entities, and writing them down and parsing again changes
// nothing. Whatever it refuses, it refuses with problems that name their lines.
func FuzzParse(f *testing.F) {
	f.Add([]byte(acme))
	f.Add([]byte(acme + "\n\n" + strings.ReplaceAll(acme, "acme", "b") + "\r\n"))
	f.Add([]byte(strings.Replace(acme, "Acme US, Inc.", `\u00e9\ud83d\ude00\"`, 1)))
	f.Add([]byte(strings.Replace(acme, `"active"`, `"inactive","close":"non-close"`, 1)))
	f.Add([]byte(strings.Replace(acme, "Close/", "../", 1)))
	f.Add([]byte(strings.Replace(acme, "12", "1e1", 1)))
	f.Add([]byte("{}\n[]\nnull\n{\"id\":{\"a\":[[[[1]]]]}}\n\"x\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := catalog.Parse("entities.jsonl", data, known)
		if err != nil {
			requireProblems(t, err)
			return
		}
		require.Equal(t, decoded(t, data), got.Entities)
		again, err := catalog.Parse("entities.jsonl", catalog.Encode(got.Entities), known)
		require.NoError(t, err)
		require.Equal(t, got, again)
		for _, e := range got.Entities {
			requireSafePath(t, e.Remote)
		}
	})
}

func decoded(t *testing.T, data []byte) []entity.Entity {
	t.Helper()
	var entities []entity.Entity
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e entity.Entity
		require.NoError(t, json.Unmarshal(line, &e))
		entities = append(entities, e)
	}
	return entities
}

func requireProblems(t *testing.T, err error) {
	t.Helper()
	var problems failure.Problems
	require.ErrorAs(t, err, &problems)
	require.Equal(t, failure.Data, problems.Class)
	require.NotEmpty(t, problems.List)
	for _, problem := range problems.List {
		require.NotEmpty(t, problem.File)
		require.NotEmpty(t, problem.Message)
	}
}

func requireSafePath(t *testing.T, path string) {
	t.Helper()
	for element := range strings.SplitSeq(path[strings.IndexByte(path, ':')+1:], "/") {
		require.NotContains(t, []string{".", ".."}, element)
	}
	require.False(t, strings.ContainsFunc(path, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }), "%q", path)
}

// Whatever ParseTemplates accepts can be expanded in every month to paths that stay below the entity's folder.
func FuzzParseTemplates(f *testing.F) {
	for _, name := range []string{"standard.yaml", "broken.yaml"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte("version: 1\nfolders: [\"{YYYY}/{MM}\", \"{YYYY}/{MM}/..\", \"a/{Q}\"]\n"))
	f.Add([]byte("version: 1\nfolders: &a [\"{YYYY}\", *a]\ndocuments: [{pattern: \"**\", action: copy}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := catalog.ParseTemplates("standard", "standard.yaml", data)
		if err != nil {
			requireProblems(t, err)
			return
		}
		paths := append([]string{}, set.Folders...)
		if set.Checklist.Workbook != "" {
			paths = append(paths, set.Checklist.Workbook)
		}
		for _, item := range set.Reconciliations.Items {
			paths = append(paths, item.Workbook)
		}
		for _, path := range paths {
			expanded, err := rollforward.Expand(path, period.New(2026, 12), period.MonthlyCalendar(6))
			require.NoError(t, err)
			require.NotEmpty(t, expanded)
			requireSafePath(t, ":"+expanded)
		}
	})
}

// Whatever Import accepts makes a valid catalog.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"customers.csv", "kunden.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte("name\n\"a\"\n\"a\"\nA\n../..\n{id}\n.\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entities, err := catalog.Import(data, catalog.ImportOptions{
			File: "list.csv", Pools: []string{"drive"}, Remote: "drive-main:Close/{name}",
		})
		if err != nil {
			requireProblems(t, err)
			return
		}
		got, err := catalog.Parse("entities.jsonl", catalog.Encode(entities), known)
		require.NoError(t, err)
		require.Equal(t, entities, got.Entities)
	})
}
