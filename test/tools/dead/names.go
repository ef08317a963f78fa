package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// folders hold the product.
var folders = []string{"cmd", "internal", "steps", "images"}

// byConvention are methods of other modules' interfaces.
var byConvention = []string{
	"Error", "Unwrap", "Is", "As", "String", "GoString", "Format", "LogValue",
	"MarshalJSON", "UnmarshalJSON", "MarshalJSONTo", "UnmarshalJSONFrom", "MarshalText", "UnmarshalText", "AppendText",
	"MarshalYAML", "UnmarshalYAML", "Set", "Type", "Len", "Less", "Swap",
	"Read", "Write", "Close", "ReadAt", "Seek", "RoundTrip", "ServeHTTP", "Temporary", "Timeout",
	"Enabled", "Handle", "WithAttrs", "WithGroup", // slog.Handler
	"NonRetriable", // of errors, for rclone
}

// unmentioned returns the exported names of the product that nothing else in the product mentions. Names are compared, not
// objects: two that share a name hide each other.
func unmentioned(root string) ([]finding, error) {
	fset := token.NewFileSet()
	mentions := map[string]int{}
	var declared []finding
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && entry.Name() == "testdata" {
				return fs.SkipDir
			}
			file, err := filepath.Rel(root, path)
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || isHelper(filepath.ToSlash(file)) {
				return err
			}
			parsed, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, name := range exported(parsed) {
				declared = append(declared, finding{
					file: filepath.ToSlash(file), line: fset.Position(name.Pos()).Line, name: name.Name,
					why: "nothing but its declaration, or a test, mentions this name",
				})
			}
			ast.Inspect(parsed, func(node ast.Node) bool {
				if name, ok := node.(*ast.Ident); ok {
					mentions[name.Name]++
				}
				return true
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, one := range declared {
		mentions[one.name]--
	}
	return slices.DeleteFunc(declared, func(one finding) bool { return mentions[one.name] > 0 }), nil
}

// exported returns the exported names that a file declares, methods included.
func exported(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || !slices.Contains(byConvention, d.Name.Name) {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name)
				case *ast.ValueSpec:
					names = append(names, s.Names...)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(name *ast.Ident) bool { return !name.IsExported() })
}
