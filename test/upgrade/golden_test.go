package upgrade

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// A mask is a field that is not compared.
type mask struct {
	documents string // pattern of path.Match
	field     string // "a.b" or "a[].b"
	of        string // only where the field "path" beside it ends so; "": everywhere
}

var (
	moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	runIDs  = regexp.MustCompile(`\b\d{4}-\d\d-\d{8}T\d{6}Z-[0-9a-f]{4}\b`)
)

// documents returns what the ledger holds of one period, masked, by key: JSON documents, and what the workbooks' cells say.
func (s *site) documents(t *testing.T, p string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for key, data := range s.ledgerFiles(t, "entities/*/"+p) {
		switch path.Ext(key) {
		case ".json":
			found[key] = s.masked(t, key, data)
		case ".xlsx":
			found[key] = cells(t, data)
		default:
			require.Fail(t, "unexpected document", key)
		}
	}
	return found
}

// ledgerFiles returns the documents below the folders that match a pattern, by key.
func (s *site) ledgerFiles(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	ledger := os.DirFS(s.path("."))
	folders, err := fs.Glob(ledger, pattern)
	require.NoError(t, err)
	for _, folder := range folders {
		require.NoError(t, fs.WalkDir(ledger, folder, func(key string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				found[key], err = fs.ReadFile(ledger, key)
			}
			return err
		}))
	}
	return found
}

// masked returns a JSON document without what is not compared.
func (s *site) masked(t *testing.T, key string, data []byte) string {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(data, &value), key)
	for _, m := range masks {
		matches, err := path.Match(m.documents, key)
		require.NoError(t, err)
		if matches {
			m.remove(value, strings.Split(m.field, "."))
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	require.NoError(t, encoder.Encode(value))
	text := runIDs.ReplaceAllStringFunc(out.String(), func(id string) string {
		if slices.Contains(s.earlier, id) {
			return id
		}
		return "a later run"
	})
	return moments.ReplaceAllString(text, "a moment")
}

func (m mask) remove(value any, elements []string) {
	fields, _ := value.(document)
	name, isList := strings.CutSuffix(elements[0], "[]")
	switch {
	case isList:
		list, _ := fields[name].([]any)
		for _, item := range list {
			m.remove(item, elements[1:])
		}
	case len(elements) > 1:
		m.remove(fields[name], elements[1:])
	case m.of == "" || strings.HasSuffix(fmt.Sprint(fields["path"]), m.of):
		delete(fields, name)
	}
}

// cells returns what a workbook says, cell by cell.
func cells(t *testing.T, data []byte) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	var out strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		fmt.Fprintf(&out, "[%s]\n", sheet)
		for _, row := range rows {
			for i, cell := range row {
				row[i] = fmt.Sprintf("%q", cell)
			}
			fmt.Fprintln(&out, strings.Join(row, " "))
		}
	}
	return out.String()
}

// stored lists what the customers have: a line for each file and folder. Of a workbook it says which one of the ledger it is.
func (s *site) stored(t *testing.T) map[string]string {
	t.Helper()
	workbooks := map[string]string{}
	for key, data := range s.ledgerFiles(t, "entities/*/*/workbooks") {
		workbooks[string(data)] = key
	}
	found := map[string]string{}
	for _, pool := range s.providers.Providers() {
		root := os.DirFS(s.providers.Root(pool))
		files, err := s.providers.Files(pool)
		require.NoError(t, err)
		var out strings.Builder
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if strings.HasSuffix(name, "/") {
				fmt.Fprintln(&out, name)
				continue
			}
			data, err := fs.ReadFile(root, name)
			require.NoError(t, err)
			if key, known := workbooks[string(data)]; known {
				fmt.Fprintf(&out, "%s: %s\n", name, key)
			} else {
				fmt.Fprintf(&out, "%s: %q\n", name, data)
			}
		}
		found["storage of "+pool] = out.String()
	}
	return found
}

// requireGolden compares documents with those of testdata/golden/<name>.txtar.
func requireGolden(t *testing.T, name string, documents map[string]string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".txtar")
	if *update {
		archive := &txtar.Archive{}
		for _, key := range slices.Sorted(maps.Keys(documents)) {
			archive.Files = append(archive.Files, txtar.File{Name: key, Data: []byte(documents[key])})
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o600))
		return
	}
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	expected := map[string]string{}
	for _, section := range archive.Files {
		expected[section.Name] = string(section.Data)
	}
	require.Equal(t, slices.Sorted(maps.Keys(expected)), slices.Sorted(maps.Keys(documents)))
	for _, key := range slices.Sorted(maps.Keys(expected)) {
		require.Equal(t, expected[key], documents[key], key)
	}
}
