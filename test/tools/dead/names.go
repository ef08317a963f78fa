package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
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
	files, err := productFiles(root)
	if err != nil {
		return nil, err
	}
	mentions := map[string]int{}
	var declared []finding
	for _, file := range files {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, name := range exported(parsed) {
			mentions[name.Name]-- // the declaration itself, which is counted below
			declared = append(declared, finding{
				file: file, line: fset.Position(name.Pos()).Line, name: name.Name,
				why: "nothing but its declaration, or a test, mentions this name",
			})
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			if name, ok := node.(*ast.Ident); ok {
				mentions[name.Name]++
			}
			return true
		})
	}
	return slices.DeleteFunc(declared, func(one finding) bool { return mentions[one.name] > 0 }), nil
}

// productFiles lists the product's Go files from the repository's root, whatever their build tags.
func productFiles(root string) ([]string, error) {
	var files []string
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case entry.IsDir() || filepath.Ext(path) != ".go":
				return nil
			}
			file, err := filepath.Rel(root, path)
			if file = filepath.ToSlash(file); err == nil && !isHelper(file) {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
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
