package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// TestMain leads every HTTPS connection of rclone to a server of this test, which answers in the providers' place. rclone's
// transports copy the fields of the default one.
func TestMain(m *testing.M) {
	server := httptest.NewServer(http.HandlerFunc(serveCloud))
	var dialer net.Dialer
	http.DefaultTransport.(*http.Transport).DialTLSContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, server.Listener.Addr().String())
	}
	code := m.Run()
	server.Close()
	os.Exit(code)
}

// clouds are the fakes, by the access token of the test that they belong to.
var clouds sync.Map

func serveCloud(w http.ResponseWriter, req *http.Request) {
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	if sent := req.URL.Query().Get("cloud"); sent != "" {
		token = sent
	}
	signIn := isSignIn(req)
	if signIn {
		token = req.FormValue("refresh_token")
	}
	found, ok := clouds.Load(token)
	if !ok {
		http.Error(w, "no such token", http.StatusUnauthorized)
		return
	}
	c := found.(*cloud)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, req.Method+" "+req.URL.Path)
	if c.refuse != nil && c.refuse(w, req) {
		return
	}
	if signIn {
		c.answer(w, http.StatusOK, record{"access_token": token, "token_type": "bearer", "expires_in": 3600})
		return
	}
	c.api(c, w, req)
}

// cloud is a provider's storage, in memory: nodes with ids, parents and names.
type cloud struct {
	token  string
	api    func(c *cloud, w http.ResponseWriter, req *http.Request)
	refuse func(w http.ResponseWriter, req *http.Request) bool

	mu    sync.Mutex
	nodes []*node
	seen  []string
}

type node struct {
	id, parent, name string
	dir              bool
	data             []byte
}

const cloudRoot = "root0"

func newCloud(t *testing.T, api func(c *cloud, w http.ResponseWriter, req *http.Request)) *cloud {
	t.Helper()
	c := &cloud{token: fmt.Sprintf("token%d", sections.Add(1)), api: api}
	c.nodes = []*node{{id: cloudRoot, dir: true}}
	clouds.Store(c.token, c)
	t.Cleanup(func() { clouds.Delete(c.token) })
	return c
}

// oauth returns the configuration of a token that does not expire.
func (c *cloud) oauth() string {
	return fmt.Sprintf(`token = {"access_token":%q,"token_type":"Bearer","expiry":"2099-01-01T00:00:00Z"}`, c.token)
}

func (c *cloud) node(id string) *node {
	for _, n := range c.nodes {
		if n.id == id {
			return n
		}
	}
	return nil
}

// child finds a name in a folder, whatever its case.
func (c *cloud) child(parent, name string) *node {
	for _, n := range c.nodes {
		if n.parent == parent && n.id != cloudRoot && strings.EqualFold(n.name, name) {
			return n
		}
	}
	return nil
}

func (c *cloud) children(parent string) []*node {
	var list []*node
	for _, n := range c.nodes {
		if n.parent == parent && n.id != cloudRoot {
			list = append(list, n)
		}
	}
	return list
}

func (c *cloud) add(parent, name string, dir bool, data []byte) *node {
	n := &node{id: fmt.Sprintf("id%d", len(c.nodes)), parent: parent, name: name, dir: dir, data: data}
	c.nodes = append(c.nodes, n)
	return n
}

// path finds the node of a path below the root.
func (c *cloud) path(path string) *node {
	n := c.node(cloudRoot)
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		if name != "" && n != nil {
			n = c.child(n.id, name)
		}
	}
	return n
}

// put places a file behind the storage's back.
func (c *cloud) put(path, content string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.node(cloudRoot)
	parts := strings.Split(path, "/")
	for _, name := range parts[:len(parts)-1] {
		next := c.child(at.id, name)
		if next == nil {
			next = c.add(at.id, name, true, nil)
		}
		at = next
	}
	c.add(at.id, parts[len(parts)-1], false, []byte(content))
}

func (c *cloud) content(path string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.path(path); n != nil {
		return string(n.data)
	}
	return "<missing>"
}

func (c *cloud) requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = nil
	return seen
}

func (c *cloud) answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

type record = map[string]any

const cloudTime = "2026-12-01T10:00:00Z"

// providers are the fakes of the cloud providers.
var providers = map[string]struct {
	api        func(c *cloud, w http.ResponseWriter, req *http.Request)
	config     func(c *cloud) []string
	base       string // path of the remote
	createOnly bool   // refuses a name that came to be after the listing
	copies     bool   // at the provider
}{
	"box":       {api: boxAPI, config: boxConfig, base: "Close/Acme US", createOnly: true, copies: true},
	"dropbox":   {api: dropboxAPI, config: dropboxConfig, base: "Close/Acme US", createOnly: true, copies: true},
	"onedrive":  {api: onedriveAPI, config: onedriveConfig, base: "Close/Acme US", createOnly: true, copies: true},
	"drive":     {api: driveAPI, config: driveConfig, base: "Close/Acme US", copies: true},
	"sharefile": {api: sharefileAPI, config: sharefileConfig, base: "Close/Acme US", createOnly: true},
	"gcs":       {api: gcsAPI, config: gcsConfig, base: "bucket/Close/Acme US", createOnly: true, copies: true},
	"azure":     {api: azureAPI, config: azureConfig, base: "container/Close/Acme US", createOnly: true, copies: true},
}

// destructive reports whether a request could take something away from a customer.
func destructive(request string) bool {
	return slices.ContainsFunc([]string{"DELETE ", "PATCH ", "/delete", "/move", "/permanently"}, func(mark string) bool {
		return strings.Contains(request, mark)
	})
}

func TestClouds(t *testing.T) {
	t.Parallel()
	for name, provider := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newCloud(t, provider.api)
			c.put(provider.base+"/2026/11/Report Ü.txt", "old")
			c.put(provider.base+"/2026/11/theirs.txt", "theirs")
			pool, s := openRemote(t, provider.base, provider.config(c)...)
			require.Equal(t, s.features().CaseInsensitive, s.kind.IgnoresCase)
			require.Equal(t, s.features().ListR != nil, s.kind.Listing == kind.WholeTree)

			tree, err := s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, []string{"2026/", "2026/11/", "2026/11/Report Ü.txt", "2026/11/theirs.txt"}, paths(tree))
			require.Equal(t, int64(3), tree.Entries[2].Size)
			if hash := s.HashOf([]byte("old")); hash != "" {
				require.Equal(t, hash, tree.Entries[2].Hash)
			}
			missing, err := s.Tree(ctx, "2026/10")
			require.NoError(t, err)
			require.False(t, missing.Exists)

			require.NoError(t, s.Mkdir(ctx, "2026/12"))
			require.NoError(t, s.Mkdir(ctx, "2026/12/new folder"))
			require.NoError(t, s.Create(ctx, "2026/12/new folder/a+b ☂.txt", []byte("new")))
			require.NoError(t, s.Create(ctx, "2026/12/empty.txt", nil))
			require.Equal(t, "new", c.content(provider.base+"/2026/12/new folder/a+b ☂.txt"))
			c.requests()
			require.NoError(t, s.Copy(ctx, tree.Entries[2], "2026/12/Report Ü.txt"))
			copied := c.requests()
			require.Equal(t, provider.copies, !slices.ContainsFunc(copied, func(r string) bool {
				return strings.Contains(strings.ToLower(r), "upload") || strings.Contains(r, "content")
			}) || name == "box" && len(copied) == 2, copied)
			require.Equal(t, "old", c.content(provider.base+"/2026/12/Report Ü.txt"))

			require.NoError(t, s.Mkdir(ctx, "2026/12"))
			require.ErrorIs(t, s.Create(ctx, "2026/11/theirs.txt", []byte("ours")), ErrTaken)
			require.ErrorIs(t, s.Copy(ctx, tree.Entries[2], "2026/11/theirs.txt"), ErrTaken)
			require.Equal(t, "theirs", c.content(provider.base+"/2026/11/theirs.txt"))

			after, err := s.Tree(ctx, "2026/12")
			require.NoError(t, err)
			require.Equal(t, []string{"2026/12/Report Ü.txt", "2026/12/empty.txt", "2026/12/new folder/",
				"2026/12/new folder/a+b ☂.txt"}, paths(after))
			requireHolds(t, s, after.Entries[3], []byte("new"))
			require.Zero(t, pool.Counts().Overload)
		})
	}
}

// Opening costs requests once per remote and process, not once per entity.
func TestEntitiesShareTheirRemote(t *testing.T) {
	t.Parallel()
	for name, provider := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newCloud(t, provider.api)
			c.put(provider.base+"/one/a.txt", "a")
			c.put(provider.base+"/two/b.txt", "b")
			pool, s := openRemote(t, provider.base+"/one", provider.config(c)...)
			_, err := s.Tree(ctx, "")
			require.NoError(t, err)
			c.requests()
			section, _, _ := strings.Cut(s.remote, ":")
			s, err = pool.Storage(ctx, "account", section+":"+provider.base+"/two")
			require.NoError(t, err)
			require.Empty(t, c.requests())
			tree, err := s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, []string{"b.txt"}, paths(tree))
			require.LessOrEqual(t, len(c.requests()), 2)
			require.ErrorIs(t, s.Create(ctx, "b.txt", nil), ErrTaken)
			require.NoError(t, s.Create(ctx, "a.txt", []byte("of two")))
			require.Equal(t, "a", c.content(provider.base+"/one/a.txt"))
			require.Equal(t, "of two", c.content(provider.base+"/two/a.txt"))
		})
	}
}

// What came to be after the listing is kept by the provider's own condition.
func TestCloudsKeepWhatCameAfterTheListing(t *testing.T) {
	t.Parallel()
	for name, provider := range providers {
		if !provider.createOnly {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newCloud(t, provider.api)
			c.put(provider.base+"/source.txt", "source")
			_, s := openRemote(t, provider.base, provider.config(c)...)
			_, err := s.Tree(ctx, "")
			require.NoError(t, err)
			c.put(provider.base+"/late.txt", "late")
			c.put(provider.base+"/later.txt", "later")
			c.requests()
			require.ErrorIs(t, s.Create(ctx, "late.txt", []byte("ours")), ErrTaken)
			require.ErrorIs(t, s.Copy(ctx, Entry{Path: "source.txt"}, "later.txt"), ErrTaken)
			require.Equal(t, "late", c.content(provider.base+"/late.txt"))
			require.Equal(t, "later", c.content(provider.base+"/later.txt"))
			require.False(t, slices.ContainsFunc(c.requests(), destructive))
			tree, err := s.Tree(ctx, "")
			require.NoError(t, err)
			require.Equal(t, []string{"late.txt", "later.txt", "source.txt"}, paths(tree))
		})
	}
}

// Every request is sent once, and a refusal is told apart from the others, whatever rclone makes of it.
func TestCloudsRefuse(t *testing.T) {
	t.Parallel()
	for name, provider := range providers {
		for _, test := range []struct {
			status int
			body   string
			want   failure.Class
		}{
			{429, `{"error_summary":"too_many_requests/","error":{"reason":{".tag":"too_many_requests"}}}`, failure.Throttled},
			{429, `{"error_summary":"too_many_write_operations/","error":{"reason":{".tag":"too_many_write_operations"}}}`, failure.Contention},
			{403, `{"error":{"code":403,"errors":[{"reason":"userRateLimitExceeded"}]}}`, failure.Throttled},
			{403, `{"error":{"code":403,"errors":[{"reason":"dailyLimitExceeded"}]}}`, failure.Cap},
			{503, `{}`, failure.Overload},
			{507, `{}`, failure.Permanent},
			{401, `{}`, failure.Permanent},
		} {
			t.Run(fmt.Sprintf("%s %d %s", name, test.status, test.want), func(t *testing.T) {
				t.Parallel()
				ctx := context.Background()
				c := newCloud(t, provider.api)
				c.put(provider.base+"/source.txt", "source")
				_, s := openRemote(t, provider.base, provider.config(c)...)
				_, err := s.Tree(ctx, "")
				require.NoError(t, err)
				c.refuse = func(w http.ResponseWriter, _ *http.Request) bool {
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(test.status)
					_, _ = fmt.Fprint(w, test.body)
					return true
				}
				c.requests()
				for what, do := range map[string]func() error{
					"list":   func() error { _, err := s.Tree(ctx, ""); return err },
					"mkdir":  func() error { return s.Mkdir(ctx, "new") },
					"create": func() error { return s.Create(ctx, "new.txt", []byte("new")) },
					"copy":   func() error { return s.Copy(ctx, Entry{Path: "source.txt"}, "copy.txt") },
				} {
					err := do()
					if name == "azure" && what == "copy" {
						require.Error(t, err) // it begins with a HEAD, whose answer has no body to tell the class by
					} else {
						require.Equal(t, test.want, failure.ClassOf(err), "%s: %v", what, err)
					}
					require.NotContains(t, err.Error(), "context canceled")
					require.Len(t, c.requests(), 1, what)
				}
			})
		}
	}
}

func TestCloudsHoldBackWhereTheyAreAskedTo(t *testing.T) {
	t.Parallel()
	for name, provider := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newCloud(t, provider.api)
			c.put(provider.base+"/source.txt", "source")
			_, s := openRemote(t, provider.base, provider.config(c)...)
			c.refuse = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Retry-After", "1")
				http.Error(w, `{}`, http.StatusTooManyRequests)
				c.refuse = nil
				return true
			}
			start := time.Now()
			_, err := s.Tree(ctx, "")
			require.Equal(t, failure.Throttled, failure.ClassOf(err))
			_, err = s.Tree(ctx, "")
			require.NoError(t, err)
			require.GreaterOrEqual(t, time.Since(start), time.Second)
		})
	}
}
