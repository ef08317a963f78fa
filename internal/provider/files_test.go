package provider

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/sftp"
	"github.com/rclone/rclone/fs/config/obscure"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"metronome/internal/failure"
)

// sftpServer runs a real SFTP server over SSH for the folders of this machine.
func sftpServer(t *testing.T) (address string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	config := &ssh.ServerConfig{PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if string(password) != "right" {
			return nil, fmt.Errorf("wrong password for %s", c.User())
		}
		return &ssh.Permissions{}, nil
	}}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveSSH(conn, config)
		}
	}()
	return listener.Addr().String()
}

func serveSSH(conn net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range requests {
				_ = request.Reply(request.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel)
		if err != nil {
			return
		}
		go func() { _ = server.Serve(); _ = channel.Close() }()
	}
}

func sftpRemote(t *testing.T, path, password string) (*Pool, string) {
	t.Helper()
	host, port, err := net.SplitHostPort(sftpServer(t))
	require.NoError(t, err)
	name := fmt.Sprintf("remote%d", sections.Add(1))
	pool := openPool(t, name, "type = sftp", "host = "+host, "port = "+port, "user = me",
		"pass = "+obscure.MustObscure(password))
	return pool, name + ":" + path
}

// fileSystems returns a storage on each kind of file system, and the folder it is on.
func fileSystems(t *testing.T) map[string]func(t *testing.T) (*Storage, string) {
	t.Helper()
	return map[string]func(t *testing.T) (*Storage, string){
		"local": func(t *testing.T) (*Storage, string) {
			root := t.TempDir()
			_, s := openRemote(t, root, "type = local")
			return s, root
		},
		"sftp": func(t *testing.T) (*Storage, string) {
			root := t.TempDir()
			pool, remote := sftpRemote(t, root, "right")
			s, err := pool.Storage(context.Background(), "account", remote)
			require.NoError(t, err)
			return s, root
		},
	}
}

func TestFileSystems(t *testing.T) {
	t.Parallel()
	for name, open := range fileSystems(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s, root := open(t)
			write(t, root, "2026/11/report.txt", "old")
			tree, err := s.Tree(ctx, "2026")
			require.NoError(t, err)
			require.Equal(t, []string{"2026/11/", "2026/11/report.txt"}, paths(tree))

			require.NoError(t, s.Mkdir(ctx, "2026/12"))
			require.NoError(t, s.Create(ctx, "2026/12/new.txt", []byte("new")))
			require.NoError(t, s.Copy(ctx, tree.Entries[1], "2026/12/report.txt"))
			require.Equal(t, "new", content(t, root, "2026/12/new.txt"))
			require.Equal(t, "old", content(t, root, "2026/12/report.txt"))
			t.Log("a copy is a file of its own, not a link")
			write(t, root, "2026/11/report.txt", "edited")
			require.Equal(t, "old", content(t, root, "2026/12/report.txt"))

			names, err := os.ReadDir(filepath.Join(root, "2026", "12"))
			require.NoError(t, err)
			require.Len(t, names, 2, "no temporary file is left")
			require.Positive(t, s.pool.Counts().Requests)
		})
	}
}

// A relative path is seen from the working folder, so this test cannot be parallel to others.
func TestLocalPathsMayBeRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	_, s := openRemote(t, "Close/Acme", "type = local")
	ctx := t.Context()
	require.NoError(t, s.Mkdir(ctx, "Bank"))
	require.NoError(t, s.Create(ctx, "Bank/a.txt", []byte("text")))
	require.Equal(t, "text", content(t, "Close/Acme", "Bank/a.txt"))
}

func TestFileSystemsNeverOverwrite(t *testing.T) {
	t.Parallel()
	for name, open := range fileSystems(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s, root := open(t)
			_, err := s.Tree(ctx, "")
			require.NoError(t, err)
			write(t, root, "late.txt", "theirs")
			write(t, root, "source.txt", "source")
			require.ErrorIs(t, s.Create(ctx, "late.txt", []byte("ours")), ErrTaken)
			write(t, root, "later.txt", "theirs")
			require.ErrorIs(t, s.Copy(ctx, Entry{Path: "source.txt"}, "later.txt"), ErrTaken)
			require.Equal(t, "theirs", content(t, root, "late.txt"))
			require.Equal(t, "theirs", content(t, root, "later.txt"))
			require.ErrorIs(t, s.Complete(ctx, "late.txt", []byte("theirs and ours")), ErrTaken)
			require.Equal(t, failure.Permanent, failure.ClassOf(s.Mkdir(ctx, "late.txt")))
			names, err := os.ReadDir(root)
			require.NoError(t, err)
			require.Len(t, names, 3)
		})
	}
}

func TestFileSystemsRemoveTheirOwnLeftovers(t *testing.T) {
	t.Parallel()
	for name, open := range fileSystems(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s, root := open(t)
			write(t, root, temporary("a.txt"), "half")
			write(t, root, "dir/"+temporary("b.txt"), "half")
			write(t, root, "dir/.metronome-notes", "theirs")
			tree, err := s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, []string{"dir/", "dir/.metronome-notes"}, paths(tree))
			require.NoFileExists(t, filepath.Join(root, temporary("a.txt")))
			require.NoFileExists(t, filepath.Join(root, "dir", temporary("b.txt")))
		})
	}
}

func TestFileSystemsKeepOddNames(t *testing.T) {
	t.Parallel()
	for name, open := range fileSystems(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			requireOddNames(t, s)
		})
	}
}

func TestSFTPWrongPassword(t *testing.T) {
	t.Parallel()
	pool, remote := sftpRemote(t, t.TempDir(), "wrong-password")
	_, err := pool.Storage(context.Background(), "account", remote)
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.NotContains(t, err.Error(), "wrong-password")
	require.Contains(t, failure.HintOf(err), "credential")
}
