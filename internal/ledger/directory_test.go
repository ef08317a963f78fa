package ledger_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func TestDirectoryIsMadeByTheFirstWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	l := open(t, ledger.DirectoryURL(dir))
	require.Empty(t, list(t, l, ""))
	require.NoError(t, l.Delete(t.Context(), "runs/x"))
	require.NoDirExists(t, dir)

	require.NoError(t, l.Put(t.Context(), "catalog/entities.jsonl", []byte("x")))
	data, err := os.ReadFile(filepath.Join(dir, "catalog", "entities.jsonl"))
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
}

func TestDirectoryThatIsRemovedMeanwhileIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ledger")
	l := open(t, ledger.DirectoryURL(dir))
	for i, removed := range []string{"runs/r1", "runs", ".tmp", ".locks", ""} {
		require.NoError(t, l.Put(t.Context(), "runs/r1/a.json", []byte("x")))
		require.NoError(t, os.RemoveAll(filepath.Join(dir, removed)))
		require.NoError(t, l.Put(t.Context(), "runs/r1/b.json", []byte("x")), "without %s", removed)
		_, err := l.Create(t.Context(), fmt.Sprintf("runs/r1/c%d.json", i), []byte("x"))
		require.NoError(t, err, "without %s", removed)
	}
}

func TestDeleteWorksInACopyWithoutLocks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "runs", "r1"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "runs", "r1", "x"), nil, 0o644))
	require.NoError(t, open(t, ledger.DirectoryURL(dir)).Delete(t.Context(), "runs/r1/x"))
	require.NoFileExists(t, filepath.Join(dir, "runs", "r1", "x"))
}

func TestOldTemporaryFilesAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, ledger.DirectoryURL(dir))
	require.NoError(t, l.Put(t.Context(), "runs/a", nil))
	old, young := filepath.Join(dir, ".tmp", "old"), filepath.Join(dir, ".tmp", "young")
	require.NoError(t, os.WriteFile(old, nil, 0o644))
	require.NoError(t, os.WriteFile(young, nil, 0o644))
	past := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(old, past, past))

	require.NoError(t, open(t, ledger.DirectoryURL(dir)).Put(t.Context(), "runs/b", nil))
	require.NoFileExists(t, old)
	require.FileExists(t, young)
	require.Equal(t, []string{"runs/a", "runs/b"}, list(t, l, ""), "temporary files are no documents")
}

func TestOddFilesAreNoDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, ledger.DirectoryURL(dir))
	require.NoError(t, l.Put(t.Context(), "runs/a", nil))
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "runs", "link")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "runs", "fifo"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "runs", "line\nbreak"), nil, 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "runs", "empty", "folders"), 0o755))
	require.Equal(t, []string{"runs/a"}, list(t, l, ""))
	require.Equal(t, []string{"a"}, children(t, l, "runs/"))
}

func TestKeyIsNoFolderOfAnotherKey(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]ledger.Ledger{
		"memory": ledger.NewMemory(), "directory": open(t, ledger.DirectoryURL(t.TempDir())),
		"directory without hard links": ledger.WithoutHardLinks(open(t, ledger.DirectoryURL(t.TempDir()))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			require.NoError(t, l.Put(ctx, "runs/a/b", []byte("x")))
			for _, key := range []string{"runs/a", "runs/a/b/c"} {
				require.Equal(t, failure.Data, failure.ClassOf(l.Put(ctx, key, nil)), key)
				_, err := l.Create(ctx, key, nil)
				require.Equal(t, failure.Data, failure.ClassOf(err), "%s: %v", key, err)
				_, err = l.Swap(ctx, key, nil, "v")
				require.ErrorIs(t, err, ledger.ErrNotFound)
				_, _, err = l.Get(ctx, key)
				require.ErrorIs(t, err, ledger.ErrNotFound)
				require.NoError(t, l.Delete(ctx, key))
			}
			require.Equal(t, []string{"runs/a/b"}, list(t, l, ""))
		})
	}
}

func TestClassOfErrno(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]failure.Class{
		syscall.EACCES: failure.Config, syscall.EPERM: failure.Config, syscall.EROFS: failure.Config,
		syscall.ENOLCK: failure.Config, syscall.ENOSPC: failure.Overload, syscall.EDQUOT: failure.Overload,
		syscall.EIO: failure.Overload, syscall.EMFILE: failure.Overload, syscall.ENAMETOOLONG: failure.Data,
		syscall.EISDIR: failure.Data,
	} {
		class, _ := ledger.ClassOfErrno(&fs.PathError{Op: "open", Path: "x", Err: err})
		require.Equal(t, want, class, err)
	}
}

// BenchmarkDirectoryCreate writes entities' periods as the stages do: 25 documents in three new folders.
func BenchmarkDirectoryCreate(b *testing.B) {
	for _, writers := range []int{1, 8} {
		b.Run(fmt.Sprint(writers, " writers"), func(b *testing.B) {
			address := url.URL{Scheme: "file", Path: b.TempDir()}
			l, err := ledger.Open(b.Context(), address.String())
			require.NoError(b, err)
			data := make([]byte, 3000)
			var group errgroup.Group
			group.SetLimit(writers)
			entities := (b.N + 24) / 25
			for entity := range entities {
				group.Go(func() error {
					for i := range 25 {
						_, err := l.Create(b.Context(), fmt.Sprintf("entities/e%d/2026-12/receipts/%d.json", entity, i), data)
						if err != nil {
							return err
						}
					}
					return nil
				})
			}
			require.NoError(b, group.Wait())
			b.ReportMetric(float64(entities*25)/b.Elapsed().Seconds(), "documents/s")
		})
	}
}
