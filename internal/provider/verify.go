package provider

import (
	"fmt"
	"path"
	"strings"

	"metronome/internal/failure"
)

// The ways in which a file was verified.
const (
	ByHash     = "hash"     // the provider's hash is that of the data
	BySize     = "size"     // the provider tells no hash; the size is right
	ByPresence = "presence" // the provider alters such files on arrival, so neither can be compared
)

// Verify compares a listed file with the data it should hold and says what was compared.
func (s *Storage) Verify(entry Entry, data []byte) (how string, err error) {
	if s.alters(entry.Path) {
		return ByPresence, nil
	}
	if entry.Size != int64(len(data)) {
		return "", mismatch(entry, fmt.Sprintf("%d bytes are there, %d were written", entry.Size, len(data)))
	}
	if entry.Hash == "" {
		return BySize, nil
	}
	if entry.Hash != s.HashOf(data) {
		return "", mismatch(entry, "its hash is another than that of what was written")
	}
	return ByHash, nil
}

func mismatch(entry Entry, what string) error {
	return refuse(failure.Permanent, entry.Path, "look at the file, move it away, then run again", "verify file: %s", what)
}

// alters tells whether the provider changes files of this kind: SharePoint writes properties into Office files.
func (s *Storage) alters(name string) bool {
	if s.backend != "onedrive" && !strings.HasPrefix(s.vendor, "sharepoint") {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".doc", ".xls", ".ppt":
		return true
	}
	return false
}
