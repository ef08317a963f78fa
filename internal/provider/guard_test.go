package provider

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The last line of defence: whatever rclone may want, no backend lets out a request that could take something away.
func TestNoBackendLetsADestructiveRequestOut(t *testing.T) {
	t.Parallel()
	urls := []string{
		"https://example.com/a/b.txt", "https://api.box.com/2.0/files/1", "https://api.box.com/2.0/folders/1?recursive=true",
		"https://www.googleapis.com/drive/v3/files/1", "https://graph.microsoft.com/v1.0/drives/d/items/1",
		"https://api.dropboxapi.com/2/files/delete_v2", "https://api.dropboxapi.com/2/files/move_v2",
		"https://api.dropboxapi.com/2/files/permanently_delete", "https://acme.sharefile.com/sf/v3/Items(1)",
		"https://storage.googleapis.com/storage/v1/b/b/o/o", "https://acme.blob.core.windows.net/c?restype=container",
		"https://bucket.s3.amazonaws.com/?delete", "https://www.googleapis.com/upload/drive/v3/files/1?uploadType=multipart",
		"https://upload.box.com/api/2.0/files/1/content",
	}
	for name, b := range backends {
		for a := opening; a <= cleaning; a <<= 1 {
			for _, url := range urls {
				for _, method := range []string{"DELETE", "MOVE", "PATCH", "PROPPATCH", "LOCK", "BREW"} {
					requireNotAllowed(t, name, b, a, method, url)
				}
				if a&(making|creating|copying|completing) == 0 {
					requireNotAllowed(t, name, b, a, http.MethodPut, url)
					requireNotAllowed(t, name, b, a, "MKCOL", url)
					requireNotAllowed(t, name, b, a, "COPY", url)
				}
			}
		}
	}
	for _, url := range urls[5:8] {
		requireNotAllowed(t, "dropbox", dropboxBackend, copying, http.MethodPost, url)
	}
	requireNotAllowed(t, "drive", driveBackend, creating, http.MethodPost, urls[12])
	requireNotAllowed(t, "box", boxBackend, creating, http.MethodPost, urls[13])
	requireNotAllowed(t, "s3", s3Backend, creating, http.MethodPost, urls[11])
	requireNotAllowed(t, "azure", azureBackend, making, http.MethodPut, urls[10])
	requireNotAllowed(t, "webdav", webdavBackend, copying, http.MethodPut, urls[0])
}

func requireNotAllowed(t *testing.T, name string, b *backend, a action, method, url string) {
	t.Helper()
	decided := b.inspect(&operation{backend: b, action: a}, httptest.NewRequest(method, url, nil))
	if decided.status == http.StatusMethodNotAllowed {
		return // answered in the server's place, not sent
	}
	require.ErrorIs(t, decided.err, errNotAllowed, "%s, action %s: %s %s", name, strconv.Itoa(int(a)), method, url)
}

func TestWhatIsSentOnlyOnce(t *testing.T) {
	t.Parallel()
	put := func() *http.Request { return httptest.NewRequest(http.MethodPut, "https://example.com/a.txt", nil) }
	op := &operation{backend: webdavBackend, action: creating, cancel: func() {}}
	decided := op.backend.inspect(op, put())
	require.NoError(t, decided.err)
	op.record(&answer{status: 201, guard: decided.guard})
	require.ErrorIs(t, op.backend.inspect(op, put()).err, errAnswered)

	op = &operation{backend: webdavBackend, action: creating, cancel: func() {}}
	op.record(&answer{status: 503, guard: decided.guard})
	require.ErrorIs(t, op.backend.inspect(op, put()).err, errAlreadyRefused)
}

func TestRequestsWithoutAnOperation(t *testing.T) {
	t.Parallel()
	form := func(url string) *http.Request {
		req := httptest.NewRequest(http.MethodPost, url, nil)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		return req
	}
	require.NoError(t, allowWithoutOperation(form("https://oauth2.googleapis.com/token")))
	require.NoError(t, allowWithoutOperation(form("https://login.microsoftonline.com/t/oauth2/v2.0/token")))
	require.NoError(t, allowWithoutOperation(httptest.NewRequest(http.MethodGet, "https://example.com/x", nil)))
	require.ErrorIs(t, allowWithoutOperation(form("https://api.dropboxapi.com/2/files/delete_v2")), errNoOperation)
	require.ErrorIs(t, allowWithoutOperation(httptest.NewRequest(http.MethodDelete, "https://example.com/x", nil)), errNoOperation)
	require.ErrorIs(t, allowWithoutOperation(httptest.NewRequest(http.MethodPost, "https://example.com/token", nil)), errNoOperation)
}
