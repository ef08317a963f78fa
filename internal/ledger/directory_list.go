package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
)

// scanSize is how many names are read at once to see whether a folder holds a document.
const scanSize = 64

func (d *directory) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := admit(ctx, checkPrefix, prefix); err != nil {
			yield("", err)
			return
		}
		d.walk(ctx, prefix, yield)
	}
}

// walk yields the keys below a prefix, and reports whether the caller wants more.
func (d *directory) walk(ctx context.Context, prefix string, yield func(string, error) bool) bool {
	children, err := d.entries(ctx, prefix)
	if err != nil {
		yield("", err)
		return false
	}
	for _, child := range children {
		visit := yield
		if isFolder(child) {
			visit = func(key string, _ error) bool { return d.walk(ctx, key, yield) }
		}
		if !visit(prefix+child, nil) {
			return false
		}
	}
	return true
}

func (d *directory) Children(ctx context.Context, prefix string) ([]string, error) {
	if err := admit(ctx, checkPrefix, prefix); err != nil {
		return nil, err
	}
	children, err := d.entries(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var held []string
	for _, child := range children {
		holds := true
		if isFolder(child) {
			if holds, err = d.holdsDocument(ctx, prefix+child); err != nil {
				return nil, err
			}
		}
		if holds {
			held = append(held, child)
		}
	}
	return held, nil
}

// entries returns what is in one folder, in the order of the keys that it stands for: folders with their trailing "/".
func (d *directory) entries(ctx context.Context, prefix string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, err)
	}
	entries, err := os.ReadDir(d.path(prefix))
	if err != nil && !isAbsent(err) {
		return nil, directoryFailure("list", prefix, err)
	}
	var children []string
	for _, entry := range entries {
		if child, ok := childOf(prefix, entry); ok {
			children = append(children, child)
		}
	}
	slices.Sort(children)
	return children, nil
}

// childOf names a folder's entry; false for what is no document and no folder of documents: odd names and odd files.
func childOf(prefix string, entry fs.DirEntry) (string, bool) {
	if keyProblem(prefix+entry.Name()) != nil {
		return "", false
	}
	if entry.IsDir() {
		return entry.Name() + "/", true
	}
	return entry.Name(), entry.Type().IsRegular()
}

// holdsDocument reports whether there is a document anywhere below a prefix. A folder without is one that a killed process,
// or Delete, left; in S3 it would not be there.
func (d *directory) holdsDocument(ctx context.Context, prefix string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("list %s: %w", prefix, err)
	}
	folder, err := os.Open(d.path(prefix))
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, directoryFailure("list", prefix, err)
	}
	defer func() { _ = folder.Close() }()
	var below []string
	for {
		entries, err := folder.ReadDir(scanSize)
		for _, entry := range entries {
			child, ok := childOf(prefix, entry)
			if ok && !isFolder(child) {
				return true, nil
			}
			if ok {
				below = append(below, prefix+child)
			}
		}
		if errors.Is(err, io.EOF) {
			return d.anyHoldsDocument(ctx, below)
		}
		if err != nil {
			return false, directoryFailure("list", prefix, err)
		}
	}
}

func (d *directory) anyHoldsDocument(ctx context.Context, prefixes []string) (bool, error) {
	for _, prefix := range prefixes {
		if holds, err := d.holdsDocument(ctx, prefix); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

func isFolder(child string) bool { return child[len(child)-1] == '/' }
