package provider

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
)

// expired returns the configuration of a token that must be refreshed before its first use.
func (c *cloud) expired() string {
	return fmt.Sprintf(`token = {"access_token":"old","token_type":"Bearer","refresh_token":%q,"expiry":"2001-01-01T00:00:00Z"}`, c.token)
}

// Trap: with a configuration that cannot be written, every refresh of a token stalls for seconds.
func TestTokensAreRefreshedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t, dropboxAPI)
	c.put("Close/a.txt", "a")
	start := time.Now()
	pool, s := openRemote(t, "Close", "type = dropbox", c.expired())
	tree, err := s.Tree(context.Background(), "")
	require.NoError(t, err)
	require.Equal(t, []string{"a.txt"}, paths(tree))
	require.Less(t, time.Since(start), 3*time.Second)
	require.Equal(t, pool.Counts().Requests, int64(len(c.requests())), "signing in is counted")
}

func TestARefusedTokenIsThePermanentFailureOfItsRemote(t *testing.T) {
	t.Parallel()
	c := newCloud(t, dropboxAPI)
	c.refuse = func(w http.ResponseWriter, _ *http.Request) bool {
		c.answer(w, http.StatusBadRequest, record{"error": "invalid_grant", "error_description": "Token has been revoked s3cret"})
		return true
	}
	name := fmt.Sprintf("remote%d", sections.Add(1))
	pool := openPool(t, name, "type = dropbox", c.expired())
	s, err := pool.Storage(context.Background(), "account", name+":Close")
	require.NoError(t, err)
	_, err = s.Tree(context.Background(), "")
	require.Equal(t, failure.Permanent, failure.ClassOf(err))
	require.Contains(t, failure.HintOf(err), name)
	require.Positive(t, pool.Counts().Other)
}
