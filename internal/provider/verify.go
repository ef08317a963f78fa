package provider

import (
	"path"
	"strings"
)

// The ways in which a file was verified.
const (
	ByHash     = "hash"     // the provider's hash is that of the data
	BySize     = "size"     // the provider tells no hash; the size is right
	ByPresence = "presence" // the provider alters such files on arrival, so neither can be compared
)

// Matches compares a listed file with the size (bytes) and hash (as HashOf or Entry give it, "" for none) that it should
// have, and says what was compared: ByHash, BySize or ByPresence.
func (s *Storage) Matches(entry Entry, size int64, hash string) (how string, same bool) {
	switch {
	case s.alters(entry.Path):
		return ByPresence, true
	case entry.Size != size:
		return BySize, false
	case entry.Hash == "" || hash == "":
		return BySize, true
	}
	return ByHash, entry.Hash == hash
}

// alters reports whether the provider changes files of this kind: SharePoint writes properties into Office files.
func (s *Storage) alters(name string) bool {
	if s.remoteType != "onedrive" && !strings.HasPrefix(s.vendor, "sharepoint") {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".doc", ".xls", ".ppt":
		return true
	}
	return false
}
