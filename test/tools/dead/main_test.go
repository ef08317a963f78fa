package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesThatOnlyTestsMentionAreFound(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for file, text := range map[string]string{
		"cmd/x/main.go":             "package main\nfunc main() { a.Used(); a.T{}.Method() }\n",
		"internal/a/a.go":           "package a\nfunc Used() {}\ntype T struct{}\nfunc (T) Method() {}\nfunc (T) Unused() {}\nfunc (T) String() string { return \"\" }\n",
		"internal/a/list.go":        "package a\nvar List = []int{1}\n",
		"internal/a/a_test.go":      "package a\nvar _ = List\nfunc Exported() { T{}.Unused() }\n",
		"internal/a/atest/atest.go": "package atest\nfunc Helper() {}\n",
		"internal/a/testdata/b.go":  "package b\nfunc Ignored() {}\n",
		"steps/s/main.go":           "package main\nfunc main() {}\n",
		"images/doc.go":             "package images\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	found, err := unmentioned(root)
	require.NoError(t, err)
	var names []string
	for _, one := range found {
		names = append(names, one.name)
	}
	require.ElementsMatch(t, []string{"Unused", "List"}, names)
}
