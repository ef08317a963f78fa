package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	_ "github.com/rclone/rclone/backend/local"
	_ "github.com/rclone/rclone/backend/sftp"
	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/lib/encoder"
)

// File systems (local, SFTP) show a file from its first byte on, and a killed process would leave a fragment under the final
// name. So a file is written under a temporary name next to it, and then linked to its final name, which fails where that
// exists. The temporary name follows from the final one: a rerun overwrites it, and every listing of ours removes it.
const (
	temporaryPrefix = ".metronome-"
	temporarySuffix = ".part"
)

// localBackend works on a folder of this machine, or one mounted here.
var localBackend = &backend{
	noHTTP: true, wholeFiles: true,
	list: listFiles, mkdir: mkdirPlain, create: linkLocal,
}

// sftpBackend works over SSH.
var sftpBackend = &backend{
	noHTTP: true, wholeFiles: true,
	override: map[string]string{
		"copy_is_hardlink":  "true", // to publish a temporary file; customers' files are copied by reading and writing
		"disable_hashcheck": "true",
		"set_modtime":       "false", // one round trip less per file
		"shell_type":        "none",  // no commands
	},
	list: listFiles, mkdir: mkdirPlain, create: linkSFTP,
}

// temporary returns the name that a file is written under first.
func temporary(name string) string {
	sum := sha256.Sum256([]byte(path.Base(name)))
	return path.Join(parent(name), temporaryPrefix+hex.EncodeToString(sum[:8])+temporarySuffix)
}

func isTemporary(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, temporaryPrefix) && strings.HasSuffix(base, temporarySuffix)
}

// listFiles lists a tree folder by folder, and removes our own temporary files from it.
func listFiles(ctx context.Context, s *Storage, dir string) ([]item, error) {
	entries, err := listByFolder(ctx, s, dir)
	kept := entries[:0]
	for _, entry := range entries {
		if entry.dir() || !isTemporary(entry.path) {
			kept = append(kept, entry)
			continue
		}
		if err := s.removeTemporary(ctx, entry); err != nil {
			return nil, err
		}
	}
	return kept, err
}

// removeTemporary removes a temporary file of our own.
func (s *Storage) removeTemporary(ctx context.Context, entry item) error {
	op := s.operation(cleaning)
	if err := s.attempt(ctx, op, entry.object.Remove); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return op.fail("remove temporary file", entry.path, err)
	}
	return nil
}

func linkLocal(ctx context.Context, s *Storage, name string, data []byte) error {
	written, err := s.put(ctx, temporary(name), data)
	if err != nil {
		return err
	}
	err = os.Link(s.native(temporary(name)), s.native(name))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = renameLocal(s.native(temporary(name)), s.native(name), err)
	}
	if removed := written.Remove(ctx); removed != nil && !errors.Is(removed, fs.ErrNotExist) && err == nil {
		err = removed
	}
	if errors.Is(err, fs.ErrExist) {
		return ErrTaken
	}
	return err
}

// renameLocal publishes a file on a file system without hard links. Between looking and renaming somebody else could take
// the name; nothing better is to be had there.
func renameLocal(from, to string, cause error) error {
	if !errors.Is(cause, errors.ErrUnsupported) && !errors.Is(cause, fs.ErrPermission) {
		return cause
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// native returns the path of a file for the operating system. A local connection stands at the root or in the working folder;
// the name of the latter, ".", is none that an encoding may touch.
func (s *Storage) native(name string) string {
	var encoding encoder.MultiEncoder
	if err := encoding.Set(s.encoding); err != nil {
		encoding = encoder.OS
	}
	root := "."
	if path.IsAbs(s.fs.Root()) {
		root = s.fs.Root()
	}
	return filepath.Join(root, filepath.FromSlash(encoding.FromStandardPath(s.fullPath(name))))
}

func linkSFTP(ctx context.Context, s *Storage, name string, data []byte) error {
	written, err := s.put(ctx, temporary(name), data)
	if err != nil {
		return err
	}
	_, err = s.features().Copy(ctx, written, s.fullPath(name))
	if err != nil {
		return s.renameSFTP(ctx, written, name, err)
	}
	return written.Remove(ctx)
}

// renameSFTP publishes a file where linking failed: because the name is taken, because the server cannot link, or because
// the connection broke.
func (s *Storage) renameSFTP(ctx context.Context, written rclone.Object, name string, cause error) error {
	_, err := s.find(ctx, name)
	switch {
	case err == nil, errors.Is(err, rclone.ErrorIsDir):
		_ = written.Remove(ctx)
		return ErrTaken
	case !errors.Is(err, rclone.ErrorObjectNotFound):
		return err
	case !errors.Is(cause, rclone.ErrorCantCopy):
		return cause
	}
	_, err = s.features().Move(ctx, written, s.fullPath(name))
	return err
}
