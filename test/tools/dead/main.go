// Command dead lists code that nothing needs, and fails if there is any.
//
// The product is what programs are made of: cmd, internal, steps and images. Tests do not count as its callers: what only
// a test calls is dead. Helpers are what tests are made of: test/, packages named like httptest, and the files listed in
// helpers. For them tests count.
//
// It looks twice. golang.org/x/tools/cmd/deadcode finds functions that no program, or no test, reaches under any set of
// build tags. It knows nothing about variables, constants and types, and takes every exported method for needed that
// reflection could call; so exported names that no other line of the product mentions are listed as well.
//
// test/cluster is not looked at: deadcode would load all of Kubernetes, and its packages are internal to one program, where
// golangci-lint's unused finds the same.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// helpers are files of the product that serve tests only, each with its reason.
var helpers = map[string]string{
	"internal/ledger/open.go":   "tests have a ledger's URL, the product has the location that its configuration was checked for",
	"internal/ledger/memory.go": "the ledger of tests: the conformance suite proves that it behaves like the others",
}

// isHelper reports whether a file, named from the repository's root, belongs to the tests.
func isHelper(file string) bool {
	_, listed := helpers[file]
	return listed || strings.HasPrefix(file, "test/") || strings.HasSuffix(path.Dir(file), "test") || strings.HasSuffix(file, "_test.go")
}

// finding is a declaration that nothing needs.
type finding struct {
	file string // from the repository's root
	line int
	name string
	why  string
}

func main() {
	tool := flag.String("deadcode", "bin/deadcode", "path of golang.org/x/tools/cmd/deadcode")
	flag.Parse()
	count, err := run(context.Background(), *tool, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "dead:", err)
		os.Exit(1)
	case count > 0:
		fmt.Fprintf(os.Stderr, "dead: %d declarations that nothing needs: remove them, or what should have called them is missing\n", count)
		os.Exit(1)
	}
}

func run(ctx context.Context, tool string, out io.Writer) (int, error) {
	root, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	if tool, err = filepath.Abs(tool); err != nil {
		return 0, err
	}
	functions, err := unreachable(ctx, root, tool)
	if err != nil {
		return 0, err
	}
	names, err := unmentioned(root)
	if err != nil {
		return 0, err
	}
	found := slices.Concat(functions, names)
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.why, b.why))
	})
	found = slices.CompactFunc(found, func(a, b finding) bool { return a.file == b.file && a.line == b.line })
	for _, one := range found {
		fmt.Fprintf(out, "%s:%d: %s: %s\n", one.file, one.line, one.name, one.why)
	}
	return len(found), nil
}
