package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"metronome/internal/failure"
)

// directoryFailure says what a filesystem's error means to a caller of the ledger; nil for nil.
func directoryFailure(verb, key string, err error) error {
	if err == nil {
		return nil
	}
	if isPlain(err) {
		return fmt.Errorf("%s %s: %w", verb, key, err)
	}
	class, hint := classOfErrno(err)
	return failure.New(class, "ledger key", key, hint, "%s document: %w", verb, err)
}

// isPlain tells the errors that are part of the interface, and the caller's own.
func isPlain(err error) bool {
	return errors.Is(err, ErrNotFound) || errors.Is(err, ErrExists) || errors.Is(err, ErrConflict) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func classOfErrno(err error) (failure.Class, string) {
	is := func(target error) bool { return errors.Is(err, target) }
	switch {
	case is(syscall.EISDIR), is(syscall.ENOTDIR), is(fs.ErrExist):
		return failure.Data, "a key cannot be a folder of another key"
	case is(syscall.ENAMETOOLONG), is(syscall.EILSEQ):
		return failure.Data, "the ledger's filesystem does not take such a name"
	case is(fs.ErrPermission), is(syscall.EROFS):
		return failure.Config, "let this user write to the ledger's directory"
	case is(syscall.ENOLCK), is(syscall.ENOTSUP), is(syscall.ENOSYS):
		return failure.Config, "the ledger's filesystem has no file locks: use a local filesystem, or S3"
	case is(syscall.ENOSPC), is(syscall.EDQUOT):
		return failure.Overload, "free space on the ledger's filesystem"
	default:
		return failure.Overload, ""
	}
}
