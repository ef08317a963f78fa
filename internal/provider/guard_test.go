package provider

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The last line of defence: whatever rclone may want, no dialect lets out a request that could take something away.
func TestNoDialectLetsADestructiveRequestOut(t *testing.T) {
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
	for name, d := range dialects {
		for k := opening; k <= tidying; k <<= 1 {
			for _, url := range urls {
				for _, method := range []string{"DELETE", "MOVE", "PATCH", "PROPPATCH", "LOCK", "BREW"} {
					requireForbidden(t, name, d, k, method, url)
				}
				if k&(making|creating|copying|completing) == 0 {
					requireForbidden(t, name, d, k, http.MethodPut, url)
					requireForbidden(t, name, d, k, "MKCOL", url)
					requireForbidden(t, name, d, k, "COPY", url)
				}
			}
		}
	}
	for _, url := range urls[5:8] {
		requireForbidden(t, "dropbox", dropboxDialect, copying, http.MethodPost, url)
	}
	requireForbidden(t, "drive", driveDialect, creating, http.MethodPost, urls[12])
	requireForbidden(t, "box", boxDialect, creating, http.MethodPost, urls[13])
	requireForbidden(t, "s3", s3Dialect, creating, http.MethodPost, urls[11])
	requireForbidden(t, "azure", azureDialect, making, http.MethodPut, urls[10])
	requireForbidden(t, "webdav", webdavDialect, copying, http.MethodPut, urls[0])
}

func requireForbidden(t *testing.T, name string, d *dialect, k kind, method, url string) {
	t.Helper()
	ruled := d.inspect(&operation{dialect: d, kind: k}, httptest.NewRequest(method, url, nil))
	if ruled.status == http.StatusMethodNotAllowed {
		return // answered in the server's place, not sent
	}
	require.ErrorIs(t, ruled.err, errForbidden, "%s, kind %s: %s %s", name, strconv.Itoa(int(k)), method, url)
}

func TestWhatIsSentOnlyOnce(t *testing.T) {
	t.Parallel()
	put := func() *http.Request { return httptest.NewRequest(http.MethodPut, "https://example.com/a.txt", nil) }
	op := &operation{dialect: webdavDialect, kind: creating, cancel: func() {}}
	ruled := op.dialect.inspect(op, put())
	require.NoError(t, ruled.err)
	op.settle(&answer{status: 201, guard: ruled.guard})
	require.ErrorIs(t, op.dialect.inspect(op, put()).err, errKnown)

	op = &operation{dialect: webdavDialect, kind: creating, cancel: func() {}}
	op.settle(&answer{status: 503, guard: ruled.guard})
	require.ErrorIs(t, op.dialect.inspect(op, put()).err, errSettled)
}

func TestStrayRequests(t *testing.T) {
	t.Parallel()
	form := func(url string) *http.Request {
		req := httptest.NewRequest(http.MethodPost, url, nil)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		return req
	}
	require.NoError(t, allowStray(form("https://oauth2.googleapis.com/token")))
	require.NoError(t, allowStray(form("https://login.microsoftonline.com/t/oauth2/v2.0/token")))
	require.NoError(t, allowStray(httptest.NewRequest(http.MethodGet, "https://example.com/x", nil)))
	require.ErrorIs(t, allowStray(form("https://api.dropboxapi.com/2/files/delete_v2")), errStray)
	require.ErrorIs(t, allowStray(httptest.NewRequest(http.MethodDelete, "https://example.com/x", nil)), errStray)
	require.ErrorIs(t, allowStray(httptest.NewRequest(http.MethodPost, "https://example.com/token", nil)), errStray)
}
