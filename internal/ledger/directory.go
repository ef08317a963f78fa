package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"metronome/internal/failure"
)

// directory keeps each document in a file of its own, at root/<key>. Its own things are in root/.tmp and root/.locks.
type directory struct {
	root    string
	link    func(oldName, newName string) error // os.Link, but for tests
	locks   *locks
	folders *folders
}

func openDirectory(root string) (*directory, error) {
	info, err := os.Stat(root)
	if err != nil && !isAbsent(err) {
		return nil, directoryFailure("open", root, err)
	}
	if err == nil && !info.IsDir() {
		return nil, failure.New(failure.Config, "ledger", root, "name a folder", "open directory: it is a file")
	}
	return &directory{
		root:    root,
		link:    os.Link,
		locks:   newLocks(filepath.Join(root, locksFolder)),
		folders: newFolders(root),
	}, nil
}

func (d *directory) Get(ctx context.Context, key string) ([]byte, Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return nil, "", err
	}
	data, err := read(d.path(key))
	if err != nil {
		return nil, "", directoryFailure("get", key, err)
	}
	return data, versionOf(data), nil
}

func (d *directory) Put(ctx context.Context, key string, data []byte) error {
	if err := admit(ctx, checkKey, key); err != nil {
		return err
	}
	err := d.write(d.path(key), data, func(staged, target string) error {
		return d.locks.with(ctx, key, func() error { return os.Rename(staged, target) })
	})
	return directoryFailure("put", key, err)
}

func (d *directory) Create(ctx context.Context, key string, data []byte) (Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return "", err
	}
	err := free(d.path(key))
	if err == nil {
		err = d.write(d.path(key), data, func(staged, target string) error { return d.claim(ctx, key, staged, target) })
	}
	if err != nil {
		return "", directoryFailure("create", key, err)
	}
	return versionOf(data), nil
}

func (d *directory) Swap(ctx context.Context, key string, data []byte, version Version) (Version, error) {
	if err := admit(ctx, checkKey, key); err != nil {
		return "", err
	}
	err := unchanged(d.path(key), version)
	if err == nil {
		err = d.write(d.path(key), data, func(staged, target string) error {
			return d.locks.with(ctx, key, func() error { return exchange(staged, target, version) })
		})
	}
	if err != nil {
		return "", directoryFailure("swap", key, err)
	}
	return versionOf(data), nil
}

func (d *directory) Delete(ctx context.Context, key string) error {
	if err := admit(ctx, checkDeletable, key); err != nil {
		return err
	}
	target := d.path(key)
	if err := free(target); err == nil || errors.Is(err, syscall.EISDIR) {
		return nil
	}
	_, err := d.folders.ensure(filepath.Dir(target))
	if err == nil {
		err = d.locks.with(ctx, key, func() error { return os.Remove(target) })
	}
	if err == nil {
		err = syncFolder(filepath.Dir(target))
	}
	if isAbsent(err) {
		return nil
	}
	return directoryFailure("delete", key, err)
}

func (d *directory) path(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }
