package rollforward

import (
	"path"

	"metronome/internal/content"
)

// PlaceChecklist moves what names a folder that the tree does not have to the nearest one above that it has: a folder that
// the customer deleted must not come back for the sake of a workbook.
func PlaceChecklist(c content.Checklist, in content.Folders) content.Checklist {
	places := placesOf(in)
	if c.Workbook != "" {
		c.Workbook = places.file(c.Workbook)
	}
	c.Items = append([]content.Item{}, c.Items...)
	for i := range c.Items {
		if c.Items[i].Folder != "" {
			c.Items[i].Folder = places.folder(c.Items[i].Folder)
		}
	}
	return c
}

// PlaceReconciliations does the same for reconciliations. It fails as Reconciliations does where two workbooks would have one
// name.
func PlaceReconciliations(r content.Reconciliations, in content.Folders) (content.Reconciliations, error) {
	places := placesOf(in)
	r.Items = append([]content.Reconciliation{}, r.Items...)
	for i := range r.Items {
		r.Items[i].Folder = places.folder(r.Items[i].Folder)
		r.Items[i].Workbook = places.file(r.Items[i].Workbook)
	}
	return r, checkWorkbooks(r.Items)
}

// places finds the folders of a tree.
type places struct {
	root   string
	folded map[string]string
}

func placesOf(in content.Folders) places {
	p := places{root: in.Root, folded: make(map[string]string, len(in.Paths))}
	for _, folder := range in.Paths {
		p.folded[fold(folder)] = folder
	}
	return p
}

// folder gives the tree's spelling of a folder, or the nearest one above it, or the period's root.
func (p places) folder(wanted string) string {
	for at := wanted; at != "." && at != "/" && at != ""; at = path.Dir(at) {
		if known, ok := p.folded[fold(at)]; ok {
			return known
		}
	}
	return p.root
}

func (p places) file(wanted string) string {
	return path.Join(p.folder(path.Dir(wanted)), path.Base(wanted))
}
