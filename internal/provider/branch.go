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
)

// stem is a remote of the rclone configuration, opened once per process: its connections, tokens and folder ids serve all
// entities that live in it.
type stem struct {
	fs       rclone.Fs
	dialect  *dialect
	section  string // the remote's name in the rclone configuration
	backend  string // its type there
	vendor   string // of a WebDAV server; "" on other backends
	encoding string // how names are spelled on this machine's file system; "" on other backends
}

// branch is the folder of a stem that one storage is. It takes and gives paths relative to that folder.
type branch struct {
	*stem
	prefix string // relative to the stem
}

// listed is a file or folder of a listing.
type listed struct {
	path   string
	object rclone.Object // nil for a folder
}

func (l listed) dir() bool { return l.object == nil }

func (b *branch) features() *rclone.Features { return b.fs.Features() }

// full gives a path relative to the stem.
func (b *branch) full(name string) string { return path.Join(b.prefix, name) }

// own gives a path relative to the branch.
func (b *branch) own(full string) string {
	if b.prefix == "" {
		return full
	}
	return strings.TrimPrefix(full, b.prefix+"/")
}

func (b *branch) entries(entries rclone.DirEntries) []listed {
	list := make([]listed, 0, len(entries))
	for _, entry := range entries {
		object, _ := entry.(rclone.Object)
		list = append(list, listed{path: b.own(entry.Remote()), object: object})
	}
	return list
}

// list lists one folder.
func (b *branch) list(ctx context.Context, dir string) ([]listed, error) {
	entries, err := b.fs.List(ctx, b.full(dir))
	return b.entries(entries), err
}

// listR lists a tree the backend's own way.
func (b *branch) listR(ctx context.Context, dir string) (entries []listed, err error) {
	err = b.features().ListR(ctx, b.full(dir), func(some rclone.DirEntries) error {
		entries = append(entries, b.entries(some)...)
		return nil
	})
	return entries, err
}

func (b *branch) find(ctx context.Context, name string) (rclone.Object, error) {
	return b.fs.NewObject(ctx, b.full(name))
}

func (b *branch) mkdir(ctx context.Context, dir string) error { return b.fs.Mkdir(ctx, b.full(dir)) }

// put writes a file; the backend may look for one of that name, and replace it: the wire keeps it from that.
func (b *branch) put(ctx context.Context, name string, data []byte) (rclone.Object, error) {
	return b.fs.Put(ctx, bytes.NewReader(data), b.source(b.full(name), data))
}

// putMark writes the empty object that stands for a folder on an object store.
func (b *branch) putMark(ctx context.Context, dir string) error {
	_, err := b.fs.Put(ctx, bytes.NewReader(nil), b.source(b.full(dir)+"/", nil))
	return err
}

// putUnchecked writes a file without looking for one of that name.
func (b *branch) putUnchecked(ctx context.Context, name string, data []byte) error {
	_, err := b.features().PutUnchecked(ctx, bytes.NewReader(data), b.source(b.full(name), data))
	return err
}

// source describes data to rclone, with the hashes that the backend wants, so that the provider checks what arrives.
func (b *branch) source(full string, data []byte) rclone.ObjectInfo {
	hashes := map[hash.Type]string{}
	if !b.features().SlowHash {
		hashes = sums(b.fs.Hashes(), data)
	}
	return object.NewStaticObjectInfo(full, time.Now(), int64(len(data)), true, hashes, b.fs)
}
