package provider

import (
	"context"
	"net/http"
	"slices"

	_ "github.com/rclone/rclone/backend/webdav"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// webdavBackend spends one request per folder and file.
//
// rclone's own put is MKCOL of the parent, PUT, PROPFIND, and after a refused PUT a DELETE of the name, which would remove a
// customer's file. Here the MKCOL is answered without asking (the folder is known to exist), the PROPFIND is not sent (what
// the PUT was granted is enough; the listing that verifies comes later), and no DELETE or MOVE ever leaves.
var webdavBackend = &backend{
	override: map[string]string{
		"pacer_min_sleep":      "0", // the limiter paces
		"nextcloud_chunk_size": "0", // chunks end in a MOVE, which overwrites
	},
	guards: []guard{
		{actions: listing, method: "PROPFIND", lookup: true, edit: deepen},
		{actions: opening | making | reading, method: "PROPFIND", lookup: true},
		{actions: opening, method: http.MethodPost}, // SharePoint signs in
		{actions: opening | reading, method: http.MethodGet, lookup: true},
		{actions: making, method: "MKCOL", writes: true},
		{actions: creating | copying | completing, method: "MKCOL", edit: reply(http.StatusMethodNotAllowed)},
		{actions: creating, method: http.MethodPut, writes: true, edit: header("If-None-Match", "*")},
		{actions: completing, method: http.MethodPut, writes: true},
		{actions: copying, method: "COPY", writes: true, edit: header("Overwrite", "F")},
	},
	list:   listWebdav,
	mkdir:  mkdirPlain,
	create: putPlain,
	copy:   copyPlain,
}

// deepen makes the listing of a folder one of the whole tree, unless it is meant for the folder alone.
func deepen(op *operation, req *http.Request) (int, error) {
	if !op.shallow && req.Header.Get("Depth") == "1" {
		req.Header.Set("Depth", "infinity")
	}
	return 0, nil
}

// shallowVendors never list more than one level: sabre/dav answers infinity as if it were 1, SharePoint refuses it.
var shallowVendors = []string{"nextcloud", "owncloud", "infinitescale", "sharepoint", "sharepoint-ntlm"}

// listWebdav lists a tree with one request where the server allows it, and folder by folder where it does not. Servers
// refuse an infinite depth (RFC 4918, 9.1), or quietly list one level: an answer that shows folders with nothing in them
// is believed only of a server that has shown a deep tree before.
func listWebdav(ctx context.Context, s *Storage, dir string) ([]item, error) {
	deep, known := s.pool.listsDeep(s.section)
	if known && !deep || s.kind.Listing == kind.OneFolder || slices.Contains(shallowVendors, s.vendor) {
		return listByFolder(ctx, s, dir)
	}
	op := s.operation(listing)
	entries, err := s.listWith(ctx, op, dir)
	switch {
	case op.refusesDepth():
		s.pool.learnDeep(s.section, false)
		return listByFolder(ctx, s, dir)
	case err != nil:
		return nil, err
	case slices.ContainsFunc(entries, func(e item) bool { return parent(e.path) != dir }):
		s.pool.learnDeep(s.section, true)
		return entries, nil
	case known:
		return entries, nil
	}
	all, err := s.listBelow(ctx, entries, entries)
	if len(all) > len(entries) {
		s.pool.learnDeep(s.section, false)
	}
	return all, err
}

// refusesDepth reports whether a listing was refused, or cut short, for its depth: a status that is about the request and not
// about the folder, the credential or the load.
func (o *operation) refusesDepth() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	a := o.failed
	return a != nil && (a.partial || a.status == http.StatusNotImplemented || a.status == http.StatusInsufficientStorage ||
		a.status >= 400 && a.status < 500 && a.status != http.StatusUnauthorized && a.meaning.class == failure.Permanent)
}
