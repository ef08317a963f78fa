package catalog

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"iter"
	"strings"

	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// conflicts finds what is wrong between entities.
func (r *parser) conflicts() {
	r.duplicateIDs()
	r.sharedFolders()
}

func (r *parser) duplicateIDs() {
	first := make(map[entity.ID]int32, len(r.entities))
	for i := range r.entities {
		id := r.entities[i].ID
		if id == "" {
			continue
		}
		if line, taken := first[id]; taken {
			r.conflict(i, "id", string(id), "every entity has an id of its own", "duplicate id, also on line %d", line)
			continue
		}
		first[id] = r.lines[i]
	}
}

// sharedFolders finds entities in the same folder, and entities inside another's. Folders whose names differ only in case
// or in Unicode form are the same: they are on OneDrive, Box and Dropbox.
//
// Folders are compared by 64-bit hashes, confirmed by text. Two folders of one hash (one chance in ten million for a million
// entities) would hide a conflict, never invent one.
func (r *parser) sharedFolders() {
	seed := maphash.MakeSeed()
	owners := make(map[uint64]int32, len(r.entities))
	var key []byte
	for i := range r.entities {
		if key = appendFolderKey(key[:0], r.entities[i].Remote); len(key) == 0 {
			continue
		}
		hash := maphash.Bytes(seed, key)
		if owner, taken := owners[hash]; taken && r.hasFolder(owner, key) {
			r.conflict(i, "remote", r.entities[i].Remote, "every entity has a folder of its own",
				"same folder as entity %s on line %d", r.entities[owner].ID, r.lines[owner])
			continue
		}
		owners[hash] = int32(i)
	}
	r.nestedFolders(seed, owners)
}

func (r *parser) nestedFolders(seed maphash.Seed, owners map[uint64]int32) {
	var key []byte
	for i := range r.entities {
		key = appendFolderKey(key[:0], r.entities[i].Remote)
		for folder := range parents(key) {
			if owner, taken := owners[maphash.Bytes(seed, folder)]; taken && r.hasFolder(owner, folder) {
				r.conflict(i, "remote", r.entities[i].Remote, "no entity's folder is inside another's",
					"inside the folder of entity %s on line %d", r.entities[owner].ID, r.lines[owner])
				break
			}
		}
	}
}

// parents returns the keys of the folders above a folder: the remote's root first.
func parents(folder []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		colon := bytes.IndexByte(folder, ':')
		if colon < 0 || colon+1 == len(folder) || !yield(folder[:colon+1]) {
			return
		}
		for at := colon + 1; at < len(folder); at++ {
			if folder[at] == '/' && !yield(folder[:at]) {
				return
			}
		}
	}
}

func (r *parser) hasFolder(owner int32, key []byte) bool {
	return string(appendFolderKey(nil, r.entities[owner].Remote)) == string(key)
}

func (r *parser) conflict(i int, key, value, hint, message string, args ...any) {
	r.problems = append(r.problems, failure.Problem{
		Line: int(r.lines[i]), Key: key, Value: value, Message: fmt.Sprintf(message, args...), Hint: hint,
	})
}

// appendFolderKey writes what is compared of a remote and path: the path is folded, the name is not.
func appendFolderKey(dst []byte, remote string) []byte {
	name, path, ok := strings.Cut(remote, ":")
	if !ok {
		return dst
	}
	dst = append(append(dst, name...), ':')
	return kind.AppendFold(dst, path)
}
