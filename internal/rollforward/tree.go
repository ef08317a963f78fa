package rollforward

import (
	"io/fs"
	"path"

	"metronome/internal/failure"
	provider "metronome/internal/provider/kind"
)

// fold returns the form in which two names are equal at a storage that ignores case: the catalog's and the storage's rule.
func fold(name string) string { return provider.Fold(name) }

// tree collects folders, parents before children.
type tree struct {
	paths  []string
	folded map[string]string // path, by folded path
	source map[string]string // what a path was made of, by path; none for one that is only above others
}

func newTree() *tree { return &tree{folded: map[string]string{}, source: map[string]string{}} }

func (t *tree) has(folder string) bool { return t.folded[fold(folder)] == folder }

// add takes a folder with those above it. Two sources that come to one folder, or to two that differ only in case or
// Unicode form, are an error that names both: folders are never merged silently.
func (t *tree) add(folder, source string) error {
	if !isPath(folder) {
		return failure.New(failure.Data, "folders", source,
			"folders are relative to the entity's remote, with / between and without . and ..", "%q is not a folder", folder)
	}
	if err := t.put(folder, source); err != nil {
		return err
	}
	if other, made := t.source[folder]; made && other != source {
		return t.collision(folder, source, folder)
	}
	t.source[folder] = source
	return nil
}

func (t *tree) put(folder, source string) error {
	known, taken := t.folded[fold(folder)]
	if taken && known != folder {
		return t.collision(folder, source, known)
	}
	if taken {
		return nil
	}
	if above := path.Dir(folder); above != "." {
		if err := t.put(above, source); err != nil {
			return err
		}
	}
	t.folded[fold(folder)] = folder
	t.paths = append(t.paths, folder)
	return nil
}

func (t *tree) collision(folder, source, known string) error {
	other, made := t.source[known]
	if !made {
		other = known
	}
	return failure.New(failure.Data, "folders", source,
		"rename or delete one of the two in the prior period or in the template set",
		"becomes %q, which %q is already", folder, other)
}

// isPath reports whether a text is a clean relative path.
func isPath(text string) bool { return fs.ValidPath(text) && text != "." }
