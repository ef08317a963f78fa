package catalog

import (
	"maps"
	"path"
	"slices"
	"strings"

	"metronome/internal/content"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// workbookEnding is what every workbook's name ends with.
const workbookEnding = ".xlsx"

// folderTree are the folder patterns of a set with all folders above them, by folded path.
type folderTree map[string]string

// add takes a folder with those above it. It returns the folder of the tree that differs from one of them only in case or
// Unicode form.
func (t folderTree) add(folder string) (other string, clash bool) {
	for end := 0; end < len(folder); {
		if next := strings.IndexByte(folder[end+1:], '/'); next >= 0 {
			end += 1 + next
		} else {
			end = len(folder)
		}
		above := folder[:end]
		key := kind.Fold(above)
		if known, ok := t[key]; ok && known != above {
			return known, true
		}
		t[key] = above
	}
	return "", false
}

func (t folderTree) has(folder string) bool { return t[kind.Fold(folder)] == folder && folder != "" }

func (t folderTree) folders() []string { return slices.Sorted(maps.Values(t)) }

// pathAt is a path, or another text with tokens, that a Value holds.
type pathAt struct {
	at   strictyaml.Value
	path string
}

func (r *setReader) readFolders(v strictyaml.Value) {
	v.Each(func(_ int, v strictyaml.Value) {
		folder, ok := readTemplatePath(v)
		if !ok {
			return
		}
		if r.listed[folder] {
			v.Report("keep one of them", "duplicate folder")
		}
		r.listed[folder] = true
		if other, clash := r.tree.add(folder); clash {
			v.Report("most storage providers take them for one folder", "differs from %q only in case", other)
		}
		r.paths = append(r.paths, pathAt{at: v, path: folder})
		r.set.Folders = append(r.set.Folders, folder)
	})
	if v.IsList() && len(r.set.Folders) == 0 {
		v.Report("{YYYY}/{MM} {Month}, for example", "the list is empty")
	}
}

// readFolder reads the folder of an item; checkFolders looks for it in the tree.
func (r *setReader) readFolder(v strictyaml.Value) string {
	folder, ok := readTemplatePath(v)
	if ok {
		r.placed = append(r.placed, pathAt{at: v, path: folder})
	}
	return folder
}

// readWorkbook reads the path of a workbook; a name without a folder lies in the given one.
func (r *setReader) readWorkbook(v strictyaml.Value, folder string) string {
	workbook, ok := readTemplatePath(v)
	if !ok {
		return ""
	}
	if folder != "" && !strings.Contains(workbook, "/") {
		workbook = folder + "/" + workbook
	}
	r.placeWorkbook(v, workbook)
	return workbook
}

// reconciliationWorkbook returns the path that the set names, or the default one.
func (r *setReader) reconciliationWorkbook(v strictyaml.Value, item content.Reconciliation, named *strictyaml.Value) string {
	if named != nil {
		return r.readWorkbook(*named, item.Folder)
	}
	if item.Folder == "" || item.Account == "" || item.Name == "" {
		return ""
	}
	workbook := item.Folder + "/" + defaultWorkbook(item)
	r.placeWorkbook(v.Named("workbook", workbook), workbook)
	return workbook
}

func (r *setReader) placeWorkbook(v strictyaml.Value, workbook string) {
	if !strings.HasSuffix(strings.ToLower(workbook), workbookEnding) {
		v.Report("", "expected a name ending in %s", workbookEnding)
	}
	if !variesByMonth(workbook) {
		v.Report("with {YYYY} and {MM}, for example", "the path is the same in several periods")
	}
	if other, taken := r.workbooks[kind.Fold(workbook)]; taken {
		v.Report("name one of them with `workbook`", "the path is that of %s on line %d", other.Key(), other.Line())
	}
	r.workbooks[kind.Fold(workbook)] = v
	r.paths = append(r.paths, pathAt{at: v, path: workbook})
	folder := path.Dir(workbook)
	if folder == "." {
		v.Report("a workbook lies in one of the set's folders", "expected a folder")
		return
	}
	r.placed = append(r.placed, pathAt{at: v, path: folder})
}

// checkFolders looks for the folders of items and workbooks in the tree, and for workbooks that would be folders.
func (r *setReader) checkFolders() {
	for _, p := range r.placed {
		if len(r.tree) > 0 && !r.tree.has(p.path) {
			p.at.Report(strictyaml.DidYouMean(p.path, r.tree.folders()), "folder %q is not among the set's folders", p.path)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.workbooks)) {
		if folder, taken := r.tree[key]; taken {
			r.workbooks[key].Report("", "the path is that of the folder %q", folder)
		}
	}
}

// readTemplatePath reads a path with tokens. What comes back is checked as a path, though perhaps not without a problem.
func readTemplatePath(v strictyaml.Value) (string, bool) {
	text, ok := v.Text()
	if !ok {
		return "", false
	}
	found := checkPath(text, kind.Portable)
	if found.message == "" {
		found = checkPath(longest(text), kind.Portable)
	}
	if strings.HasPrefix(text, "/") {
		found = problem{"the path is absolute", "paths are relative to the entity's remote"}
	}
	if found.message != "" {
		v.Report(found.hint, "%s", found.message)
	}
	reportTokens(v, text)
	return text, found.message == ""
}
