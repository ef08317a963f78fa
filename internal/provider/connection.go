package provider

import (
	"bytes"
	"context"
	"path"
	"strings"
	"time"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/hash"
	"github.com/rclone/rclone/fs/object"

	"metronome/internal/provider/kind"
)

// connection is a remote of the rclone configuration, opened once per process: its connections, tokens and folder ids serve all
// entities that live in it.
type connection struct {
	fs         rclone.Fs
	backend    *backend
	section    string        // the remote's name in the rclone configuration
	kind       kind.Provider // what is known of it
	remoteType string        // its type there
	vendor     string        // of a WebDAV server; "" on other backends
	encoding   string        // how names are spelled on this machine's file system; "" on other backends
}

// folder is the folder of a connection that one storage is. Its methods take and return paths relative to that folder.
type folder struct {
	*connection
	prefix string // relative to the connection
}

// item is a file or folder of a listing.
type item struct {
	path   string
	object rclone.Object // nil for a folder
}

func (i item) dir() bool { return i.object == nil }

func (f *folder) features() *rclone.Features { return f.fs.Features() }

// fullPath returns a path relative to the connection.
func (f *folder) fullPath(name string) string { return path.Join(f.prefix, name) }

// ownPath returns a path relative to the folder.
func (f *folder) ownPath(full string) string {
	if f.prefix == "" {
		return full
	}
	return strings.TrimPrefix(full, f.prefix+"/")
}

func (f *folder) entries(entries rclone.DirEntries) []item {
	list := make([]item, 0, len(entries))
	for _, entry := range entries {
		object, _ := entry.(rclone.Object)
		list = append(list, item{path: f.ownPath(entry.Remote()), object: object})
	}
	return list
}

// list lists one folder.
func (f *folder) list(ctx context.Context, dir string) ([]item, error) {
	entries, err := f.fs.List(ctx, f.fullPath(dir))
	return f.entries(entries), err
}

// listR lists a tree the backend's own way.
func (f *folder) listR(ctx context.Context, dir string) (entries []item, err error) {
	err = f.features().ListR(ctx, f.fullPath(dir), func(some rclone.DirEntries) error {
		entries = append(entries, f.entries(some)...)
		return nil
	})
	return entries, err
}

func (f *folder) find(ctx context.Context, name string) (rclone.Object, error) {
	return f.fs.NewObject(ctx, f.fullPath(name))
}

func (f *folder) mkdir(ctx context.Context, dir string) error {
	return f.fs.Mkdir(ctx, f.fullPath(dir))
}

// put writes a file; the backend may look for one of that name, and replace it: the interceptor keeps it from that.
func (f *folder) put(ctx context.Context, name string, data []byte) (rclone.Object, error) {
	return f.fs.Put(ctx, bytes.NewReader(data), f.source(f.fullPath(name), data))
}

// putMark writes the empty object that stands for a folder on an object store.
func (f *folder) putMark(ctx context.Context, dir string) error {
	_, err := f.fs.Put(ctx, bytes.NewReader(nil), f.source(f.fullPath(dir)+"/", nil))
	return err
}

// putUnchecked writes a file without looking for one of that name.
func (f *folder) putUnchecked(ctx context.Context, name string, data []byte) error {
	_, err := f.features().PutUnchecked(ctx, bytes.NewReader(data), f.source(f.fullPath(name), data))
	return err
}

// source describes data to rclone, with the hashes that the backend wants, so that the provider checks what arrives.
func (f *folder) source(full string, data []byte) rclone.ObjectInfo {
	hashes := map[hash.Type]string{}
	if !f.features().SlowHash {
		hashes = sums(f.fs.Hashes(), data)
	}
	return object.NewStaticObjectInfo(full, time.Now(), int64(len(data)), true, hashes, f.fs)
}
