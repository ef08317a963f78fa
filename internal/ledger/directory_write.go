package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// writeAttempts bounds how often a write starts over because somebody removed its folder meanwhile.
const writeAttempts = 3

// write stages the document in a temporary file, publishes it under its name, and returns when both survive a crash.
func (d *directory) write(target string, data []byte, publish func(staged, target string) error) error {
	for attempt := 1; ; attempt++ {
		err := d.writeOnce(target, data, publish)
		if attempt == writeAttempts || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		d.folders.forget()
	}
}

func (d *directory) writeOnce(target string, data []byte, publish func(staged, target string) error) error {
	unsynced, err := d.folders.ensure(filepath.Dir(target))
	if err != nil {
		return err
	}
	staged := filepath.Join(d.root, temporaryFolder, rand.Text())
	if err := stage(staged, data); err != nil {
		return errors.Join(err, removed(staged))
	}
	if err := publish(staged, target); err != nil {
		return errors.Join(err, removed(staged))
	}
	if err := syncFolder(filepath.Dir(target)); err != nil {
		return err
	}
	if err := d.folders.sync(unsynced); err != nil {
		return err
	}
	return removed(staged)
}

// stage writes a file and waits until its bytes survive a crash.
func stage(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // the umask decides
	if err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}

// claim publishes a document whose name must be free. link(2) does it in one step, even where locks do not work; a
// filesystem without hard links needs the lock.
func (d *directory) claim(ctx context.Context, key, staged, target string) error {
	err := d.link(staged, target)
	if !hasNoLinks(err) {
		if errors.Is(err, fs.ErrExist) {
			return ErrExists
		}
		return err
	}
	return d.locks.with(ctx, key, func() error {
		if err := free(target); err != nil {
			return err
		}
		return os.Rename(staged, target)
	})
}

// exchange publishes a document in place of a version of it. The caller holds the key's lock.
func exchange(staged, target string, version Version) error {
	if err := unchanged(target, version); err != nil {
		return err
	}
	return os.Rename(staged, target)
}

// unchanged is nil while the file is in the state of a version.
func unchanged(target string, version Version) error {
	data, err := read(target)
	if err != nil {
		return err
	}
	if versionOf(data) != version {
		return ErrConflict
	}
	return nil
}

// free is nil where nothing has the name.
func free(target string) error {
	info, err := os.Lstat(target)
	switch {
	case isAbsent(err):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return &fs.PathError{Op: "write", Path: target, Err: syscall.EISDIR}
	default:
		return ErrExists
	}
}

// read returns the content of a file; ErrNotFound where there is none, or a folder.
func read(target string) ([]byte, error) {
	data, err := os.ReadFile(target)
	if isAbsent(err) || errors.Is(err, syscall.EISDIR) {
		return nil, ErrNotFound
	}
	return data, err
}

// removed removes what is left of a staged file; after a rename that is nothing.
func removed(staged string) error {
	if err := os.Remove(staged); err != nil && !isAbsent(err) {
		return fmt.Errorf("remove temporary file: %w", err)
	}
	return nil
}

func hasNoLinks(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EOPNOTSUPP) ||
		errors.Is(err, syscall.ENOSYS)
}

func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
