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
	paths        []string
	pathByFolded map[string]string // path, by folded path
	sourceByPath map[string]string // the customer's path or the template's pattern, by path; none for a path that is only a parent
}

func newTree() *tree {
	return &tree{pathByFolded: map[string]string{}, sourceByPath: map[string]string{}}
}

func (t *tree) has(folder string) bool { return t.pathByFolded[fold(folder)] == folder }

// addFromSource adds a folder with those above it. Two sources that come to one folder, or to two that differ only in case or
// Unicode form, are an error that names both: folders are never merged silently.
func (t *tree) addFromSource(folder, source string) error {
	if !isCleanRelativePath(folder) {
		return failure.New(failure.Data, "folders", source,
			"folders are relative to the entity's remote, with / between and without . and ..", "%q is not a folder", folder)
	}
	if err := t.addWithParents(folder, source); err != nil {
		return err
	}
	if other, made := t.sourceByPath[folder]; made && other != source {
		return t.collisionError(folder, source, folder)
	}
	t.sourceByPath[folder] = source
	return nil
}

func (t *tree) addWithParents(folder, source string) error {
	known, taken := t.pathByFolded[fold(folder)]
	if taken && known != folder {
		return t.collisionError(folder, source, known)
	}
	if taken {
		return nil
	}
	if above := path.Dir(folder); above != "." {
		if err := t.addWithParents(above, source); err != nil {
			return err
		}
	}
	t.pathByFolded[fold(folder)] = folder
	t.paths = append(t.paths, folder)
	return nil
}

func (t *tree) collisionError(folder, source, known string) error {
	other, made := t.sourceByPath[known]
	if !made {
		other = known
	}
	return failure.New(failure.Data, "folders", source,
		"rename or delete one of the two in the prior period or in the template set",
		"becomes %q, which %q is already", folder, other)
}

// isCleanRelativePath reports whether a text is a clean relative path.
func isCleanRelativePath(text string) bool { return fs.ValidPath(text) && text != "." }
