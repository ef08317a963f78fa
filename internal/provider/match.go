package provider

import (
	"context"
	"path"
	"strings"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/hash"
)

// The ways in which a file was verified.
const (
	ByHash     = "hash"     // the provider's hash is that of the data
	BySize     = "size"     // the provider lists no hash; the size is right
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

// hashOf returns the hash that a listing brought along. Backends that would have to read the file for it, or ask for it, have
// none here.
func (s *Storage) hashOf(ctx context.Context, object rclone.Object) string {
	used := s.hashType()
	if used == hash.None {
		return ""
	}
	// An operation that may send nothing: a hash that was not in the listing is not worth a request.
	op := s.operation(0)
	ctx = op.context(ctx)
	defer op.cancel()
	sum, err := object.Hash(ctx, used)
	if err != nil || sum == "" {
		return ""
	}
	return used.String() + ":" + sum
}

// hashType returns the kind of hash that this backend lists.
func (s *Storage) hashType() hash.Type {
	if s.features().SlowHash {
		return hash.None
	}
	for _, first := range s.fs.Hashes().Array() {
		return first
	}
	return hash.None
}

// HashOf returns the hash of data in the kind that this storage lists, "" where it lists none.
func (s *Storage) HashOf(data []byte) string {
	used := s.hashType()
	if used == hash.None {
		return ""
	}
	return used.String() + ":" + sums(hash.NewHashSet(used), data)[used]
}

// sums returns the hashes of data of several kinds.
func sums(types hash.Set, data []byte) map[hash.Type]string {
	all, err := hash.NewMultiHasherTypes(types)
	if err != nil {
		return map[hash.Type]string{}
	}
	_, _ = all.Write(data)
	return all.Sums()
}
