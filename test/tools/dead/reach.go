package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// analysis is one run of deadcode: from some programs, or tests, under some build tags.
type analysis struct {
	module   string // folder of the module, from the repository's root
	tags     string
	tests    bool
	packages []string
}

// product has every program that users run.
var product = []analysis{
	{module: ".", packages: []string{"./cmd/...", "./steps/...", "./images/..."}},
	{module: ".", tags: "standalone", packages: []string{"./cmd/..."}},
}

// tests has every program and every test; the build tag load adds tests to those of e2e.
var tests = []analysis{
	{module: ".", tags: "real", tests: true, packages: []string{"./..."}},
	{module: "test/e2e", tags: "e2e,load", tests: true, packages: []string{"."}},
}

// unreachable returns the functions that no analysis reaches, of those which compile their file.
func unreachable(ctx context.Context, root, tool string) ([]finding, error) {
	ofProduct, err := deadInAll(ctx, root, tool, product)
	if err != nil {
		return nil, err
	}
	ofTests, err := deadInAll(ctx, root, tool, tests)
	if err != nil {
		return nil, err
	}
	var list []finding
	for one := range ofProduct {
		if !isHelper(one.file) {
			one.why = "no program reaches this function"
			list = append(list, one)
		}
	}
	for one := range ofTests {
		if isHelper(one.file) {
			one.why = "no program and no test reaches this function"
			list = append(list, one)
		}
	}
	return list, nil
}

// deadInAll returns the functions that are dead in every analysis which compiles their file.
func deadInAll(ctx context.Context, root, tool string, analyses []analysis) (map[finding]bool, error) {
	compiled, dead := map[string]int{}, map[finding]int{}
	for _, a := range analyses {
		files, err := a.files(ctx, root)
		if err != nil {
			return nil, err
		}
		for file := range files {
			compiled[file]++
		}
		found, err := a.dead(ctx, root, tool)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			dead[one]++
		}
	}
	everywhere := map[finding]bool{}
	for one, times := range dead {
		if times == compiled[one.file] {
			everywhere[one] = true
		}
	}
	return everywhere, nil
}

// files returns the files of the product and of helpers that the analysis compiles.
func (a analysis) files(ctx context.Context, root string) (map[string]bool, error) {
	arguments := []string{"list", "-deps", "-tags", a.tags, "-f",
		`{{if .Module}}{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}{{range .TestGoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}`}
	if a.tests {
		arguments = append(arguments, "-test")
	}
	output, err := command(ctx, filepath.Join(root, a.module), "go", append(arguments, a.packages...)...)
	if err != nil {
		return nil, err
	}
	files := map[string]bool{}
	for path := range strings.Lines(string(output)) {
		if file, ok := strings.CutPrefix(strings.TrimSpace(path), root+string(filepath.Separator)); ok {
			files[file] = true
		}
	}
	return files, nil
}

// dead runs deadcode.
func (a analysis) dead(ctx context.Context, root, tool string) ([]finding, error) {
	arguments := []string{"-json", "-filter", "^metronome(/|$)", "-tags", a.tags}
	if a.tests {
		arguments = append(arguments, "-test")
	}
	folder := filepath.Join(root, a.module)
	output, err := command(ctx, folder, tool, append(arguments, a.packages...)...)
	if err != nil {
		return nil, err
	}
	var packages []struct {
		Funcs []struct {
			Name     string
			Position struct {
				File string
				Line int
			}
		}
	}
	if err := json.Unmarshal(output, &packages); err != nil {
		return nil, fmt.Errorf("read deadcode's output: %w", err)
	}
	var list []finding
	for _, p := range packages {
		for _, f := range p.Funcs {
			path := f.Position.File
			if !filepath.IsAbs(path) {
				path = filepath.Join(folder, path)
			}
			file, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			list = append(list, finding{file: filepath.ToSlash(file), line: f.Position.Line, name: f.Name})
		}
	}
	return list, nil
}

// command runs a program and returns its standard output.
func command(ctx context.Context, folder, name string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir = folder
	output, err := cmd.Output()
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) {
		return nil, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(arguments, " "), err, bytes.TrimSpace(exited.Stderr))
	}
	return output, err
}
