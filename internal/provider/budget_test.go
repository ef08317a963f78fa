package provider

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// An entity of 25 folders and 40 files, half of them copies, costs at most 1.3 requests per folder and file with everything
// included, and a rerun that finds all of it there at most 3.
func TestRequestBudget(t *testing.T) {
	t.Parallel()
	for name, remote := range map[string]func(t *testing.T) *Storage{
		"webdav": func(t *testing.T) *Storage { _, s, _, _ := davRemote(t, "Close/Acme US", nil); return s },
		"s3":     func(t *testing.T) *Storage { _, s, _, _ := s3Remote(t, "/Close/Acme US", nil); return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s := remote(t)
			require.NoError(t, s.Mkdir(ctx, ""))
			require.NoError(t, s.Mkdir(ctx, "2026"))
			require.NoError(t, s.Mkdir(ctx, "2026/11"))
			for i := range 20 {
				require.NoError(t, s.Create(ctx, fmt.Sprintf("2026/11/old %d.txt", i), []byte("old")))
			}
			again, err := s.pool.Storage(ctx, "account", s.remote)
			require.NoError(t, err)
			before := s.pool.Counts().Requests
			replicate(t, again)
			spent := s.pool.Counts().Requests - before
			require.LessOrEqual(t, float64(spent), 1.3*65, "requests for 65 folders and files")

			again, err = s.pool.Storage(ctx, "account", s.remote)
			require.NoError(t, err)
			before = s.pool.Counts().Requests
			replicate(t, again)
			require.LessOrEqual(t, s.pool.Counts().Requests-before, int64(3))
		})
	}
}

// replicate does what a stage does: list, make what is missing, list again and verify.
func replicate(t *testing.T, s *Storage) {
	t.Helper()
	ctx := context.Background()
	before, err := s.Tree(ctx, "")
	require.NoError(t, err)
	there := map[string]Entry{}
	for _, entry := range before.Entries {
		there[s.Fold(entry.Path)] = entry
	}
	created := map[string][]byte{}
	for i := range 25 {
		dir := "2026/12"
		if i > 0 {
			dir += fmt.Sprintf("/folder %d", i)
		}
		require.NoError(t, s.Mkdir(ctx, dir))
	}
	for i := range 20 {
		name := fmt.Sprintf("2026/12/new %d.txt", i)
		if _, ok := there[s.Fold(name)]; !ok {
			created[name] = []byte("new")
			require.NoError(t, s.Create(ctx, name, created[name]))
		}
		name = fmt.Sprintf("2026/12/old %d.txt", i)
		if _, ok := there[s.Fold(name)]; !ok {
			created[name] = []byte("old")
			require.NoError(t, s.Copy(ctx, there[s.Fold(fmt.Sprintf("2026/11/old %d.txt", i))], name))
		}
	}
	after, err := s.Tree(ctx, "2026/12")
	require.NoError(t, err)
	verified := 0
	for _, entry := range after.Entries {
		if data, ok := created[entry.Path]; ok {
			requireHolds(t, s, entry, data)
			verified++
		}
	}
	require.Len(t, created, verified)
}
