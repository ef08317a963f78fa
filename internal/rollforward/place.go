package rollforward

import (
	"path"

	"metronome/internal/content"
)

// PlaceChecklist moves what names a folder that the tree does not have to the nearest one above that it has: a folder that
// the customer deleted must not come back for the sake of a workbook.
func PlaceChecklist(c content.Checklist, in content.Folders) content.Checklist {
	folders := indexFolders(in)
	if c.Workbook != "" {
		c.Workbook = folders.file(c.Workbook)
	}
	c.Items = append([]content.Item{}, c.Items...)
	for i := range c.Items {
		if c.Items[i].Folder != "" {
			c.Items[i].Folder = folders.folder(c.Items[i].Folder)
		}
	}
	return c
}

// PlaceReconciliations does the same for reconciliations. It fails as Reconciliations does where two workbooks would have one
// name.
func PlaceReconciliations(r content.Reconciliations, in content.Folders) (content.Reconciliations, error) {
	folders := indexFolders(in)
	r.Items = append([]content.Reconciliation{}, r.Items...)
	for i := range r.Items {
		r.Items[i].Folder = folders.folder(r.Items[i].Folder)
		r.Items[i].Workbook = folders.file(r.Items[i].Workbook)
	}
	return r, checkWorkbooks(r.Items)
}

// folderIndex finds the folders of a tree.
type folderIndex struct {
	root         string
	pathByFolded map[string]string
}

func indexFolders(in content.Folders) folderIndex {
	p := folderIndex{root: in.Root, pathByFolded: make(map[string]string, len(in.Paths))}
	for _, folder := range in.Paths {
		p.pathByFolded[fold(folder)] = folder
	}
	return p
}

// folder returns the tree's spelling of a folder, or the nearest one above it, or the period's root.
func (p folderIndex) folder(wanted string) string {
	for at := wanted; at != "." && at != "/" && at != ""; at = path.Dir(at) {
		if known, ok := p.pathByFolded[fold(at)]; ok {
			return known
		}
	}
	return p.root
}

func (p folderIndex) file(wanted string) string {
	return path.Join(p.folder(path.Dir(wanted)), path.Base(wanted))
}
