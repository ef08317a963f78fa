package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/net/webdav"
)

// davFiles is the directory behind a WebDAV server. It counts replaced files in the visit that the context carries,
// and by default writes an upload to a temporary file that takes its place only when it is complete.
type davFiles struct {
	webdav.Dir
	put     Put
	uploads string // directory of unfinished uploads, beside the root, so that no listing shows it
}

func newDavFiles(root string, put Put) (*davFiles, error) {
	uploads := filepath.Clean(root) + ".uploads"
	for _, dir := range []string{root, uploads} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("create directory: %w", err)
		}
	}
	return &davFiles{Dir: webdav.Dir(root), put: put, uploads: uploads}, nil
}

func (d *davFiles) close() error { return os.RemoveAll(d.uploads) }

// OpenFile opens a file. To write means to replace it as a whole, the only way in which the webdav package writes.
func (d *davFiles) OpenFile(ctx context.Context, name string, flag int, perm os.FileMode) (webdav.File, error) {
	switch {
	case flag&os.O_TRUNC == 0:
		return d.Dir.OpenFile(ctx, name, flag, perm)
	case d.put == PutTruncating:
		return d.truncate(ctx, name, flag, perm)
	default:
		return d.upload(ctx, name, perm)
	}
}

// truncate writes in place: a broken upload leaves a truncated file. The counting is exact, O_EXCL says who created.
func (d *davFiles) truncate(ctx context.Context, name string, flag int, perm os.FileMode) (webdav.File, error) {
	file, err := d.Dir.OpenFile(ctx, name, flag|os.O_EXCL, perm)
	if !errors.Is(err, fs.ErrExist) {
		return file, err
	}
	v := visitOf(ctx)
	if v.createOnly {
		v.lostRace = true
		return nil, err
	}
	if file, err = d.Dir.OpenFile(ctx, name, flag, perm); err == nil {
		v.overwrites++
	}
	return file, err
}

// upload writes to a temporary file.
func (d *davFiles) upload(ctx context.Context, name string, perm os.FileMode) (webdav.File, error) {
	if info, err := d.Stat(ctx, path.Dir(path.Clean("/"+name))); err != nil || !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if info, err := d.Stat(ctx, name); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := os.CreateTemp(d.uploads, "upload-*")
	if err != nil {
		return nil, fmt.Errorf("create temporary file: %w", err)
	}
	if err := file.Chmod(perm &^ 0o022); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	target := filepath.Join(string(d.Dir), filepath.FromSlash(path.Clean("/"+name)))
	return &upload{File: file, target: target, visit: visitOf(ctx)}, nil
}

// RemoveAll deletes. COPY and MOVE delete what they replace.
func (d *davFiles) RemoveAll(ctx context.Context, name string) error {
	err := d.Dir.RemoveAll(ctx, name)
	if v := visitOf(ctx); err == nil && (v.method == "COPY" || v.method == "MOVE") {
		v.overwrites++
	}
	return err
}

// upload is a file that appears under its name when it was written and closed without an error.
type upload struct {
	*os.File
	target string
	visit  *visit
	failed bool
}

func (u *upload) Write(p []byte) (int, error) {
	n, err := u.File.Write(p)
	u.failed = u.failed || err != nil
	return n, err
}

// ReadFrom hides the file's own, which would bypass Write.
func (u *upload) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{u}, r) }

// Close puts the upload in its place, or discards it where the body broke.
func (u *upload) Close() error {
	err := u.File.Close()
	if err == nil && !u.failed && !u.visit.broken.Load() {
		err = u.commit()
	}
	return errors.Join(err, os.Remove(u.Name()))
}

// commit creates the file by a link, which says exactly whether there was one before, and replaces it otherwise.
func (u *upload) commit() error {
	err := os.Link(u.Name(), u.target)
	switch {
	case !errors.Is(err, fs.ErrExist):
		return err
	case u.visit.createOnly:
		u.visit.lostRace = true
		return err
	}
	return u.replace()
}

// replace renames a second link, so that Close finds the first one to remove.
func (u *upload) replace() error {
	second := u.Name() + ".replace"
	if err := os.Link(u.Name(), second); err != nil {
		return err
	}
	if err := os.Rename(second, u.target); err != nil {
		return errors.Join(err, os.Remove(second))
	}
	u.visit.overwrites++
	return nil
}
