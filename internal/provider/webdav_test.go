package provider

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWebdavSpendsOneRequestPerFolderAndFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool, s, root, seen := davRemote(t, "", nil)
	write(t, root, "2026/11/report.txt", "old")

	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.True(t, tree.Exists)
	require.Equal(t, []string{"2026/", "2026/11/", "2026/11/report.txt"}, paths(tree))
	require.Equal(t, int64(3), tree.Entries[2].Size)

	require.NoError(t, s.Mkdir(ctx, "2026/12"))
	require.NoError(t, s.Create(ctx, "2026/12/new.txt", []byte("new")))
	require.NoError(t, s.Copy(ctx, tree.Entries[2], "2026/12/report.txt"))
	require.Equal(t, []string{
		"PROPFIND /", "MKCOL /2026/12/", "PUT /2026/12/new.txt", "COPY /2026/11/report.txt",
	}, seen.seen())
	require.Equal(t, "new", content(t, root, "2026/12/new.txt"))
	require.Equal(t, "old", content(t, root, "2026/12/report.txt"))
	require.Equal(t, int64(4), pool.Counts().Requests)
	require.Zero(t, pool.Counts().Other)
	require.Positive(t, pool.Counts().Seconds)
}

func TestWebdavMakesTheRemoteItself(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, s, root, _ := davRemote(t, "Close/Acme US", nil)
	tree, err := s.Tree(ctx, "")
	require.NoError(t, err)
	require.False(t, tree.Exists)
	require.NoError(t, s.Mkdir(ctx, ""))
	require.DirExists(t, root+"/Close/Acme US")
	require.NoError(t, s.Create(ctx, "a.txt", []byte("a")))
	require.Equal(t, "a", content(t, root, "Close/Acme US/a.txt"))
}
