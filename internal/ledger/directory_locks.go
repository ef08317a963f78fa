package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	firstLockPause = time.Millisecond
	longLockPause  = 16 * time.Millisecond
)

// locks keep two writers off one key at a time, by flock on one of 256 files that the key hashes to. The kernel releases
// a lock when its process ends, however it ends. The files are never removed: a waiter could hold the lock of a removed one.
type locks struct {
	folder string
	local  [256]chan struct{} // of this process's writers one at a time waits for the file
}

func newLocks(folder string) *locks {
	l := &locks{folder: folder}
	for i := range l.local {
		l.local[i] = make(chan struct{}, 1)
	}
	return l
}

// with runs do under the lock of a key.
func (l *locks) with(ctx context.Context, key string, do func() error) error {
	shard := sha256.Sum256([]byte(key))[0]
	select {
	case l.local[shard] <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.local[shard] }()

	name := filepath.Join(l.folder, fmt.Sprintf("%02x", shard))
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666) //nolint:gosec // the umask decides
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // releases the lock
	if err := flock(ctx, file); err != nil {
		return err
	}
	return do()
}

// flock waits for a file's lock. It asks again and again, as a waiting system call would not see ctx end.
func flock(ctx context.Context, file *os.File) error {
	for pause := firstLockPause; ; pause = min(2*pause, longLockPause) {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return &os.PathError{Op: "flock", Path: file.Name(), Err: err}
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// wait lets time pass, or gives ctx's error as soon as it ends.
func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
