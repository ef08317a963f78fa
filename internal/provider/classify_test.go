package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		provider kind.Name
		name     string
		status   int
		headers  string // "Name: value", one a line
		body     string
		want     failure.Class
		taken    bool
	}{
		{"webdav", "plain 429", 429, "", "", failure.Throttled, false},
		{"webdav", "429 with a short wait", 429, "Retry-After: 30", "", failure.Throttled, false},
		{"webdav", "429 with a long wait is an allowance", 429, "Retry-After: 7200", "", failure.Cap, false},
		{"drive", "Drive, per user", 403, "", `{"error":{"errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded"}]}}`, failure.Throttled, false},
		{"drive", "Drive, per project", 403, "", `{"error":{"errors":[{"domain":"usageLimits","reason":"rateLimitExceeded"}]}}`, failure.Throttled, false},
		{"drive", "Drive, day", 403, "", `{"error":{"errors":[{"reason":"dailyLimitExceeded"}]}}`, failure.Cap, false},
		{"drive", "Drive, full", 403, "", `{"error":{"errors":[{"reason":"storageQuotaExceeded"}]}}`, failure.Permanent, false},
		{"drive", "Drive, no right", 403, "", `{"error":{"errors":[{"reason":"insufficientFilePermissions"}]}}`, failure.Permanent, false},
		{"onedrive", "OneDrive", 429, "Retry-After: 120", `{"error":{"code":"activityLimitReached"}}`, failure.Throttled, false},
		{"onedrive", "SharePoint", 503, "Retry-After: 120", "", failure.Throttled, false},
		{"onedrive", "OneDrive, locked", 423, "", `{"error":{"code":"resourceLocked"}}`, failure.Contention, false},
		{"onedrive", "OneDrive, exists", 409, "", `{"error":{"code":"nameAlreadyExists"}}`, failure.Permanent, true},
		{"onedrive", "OneDrive, full", 507, "", `{"error":{"code":"quotaLimitReached"}}`, failure.Permanent, false},
		{"box", "Box", 429, "Retry-After: 5", `{"code":"rate_limit_exceeded"}`, failure.Throttled, false},
		{"box", "Box, exists", 409, "", `{"code":"item_name_in_use"}`, failure.Permanent, true},
		{"box", "Box, blocked", 409, "", `{"code":"operation_blocked_temporary"}`, failure.Contention, false},
		{"box", "Box, full", 403, "", `{"code":"storage_limit_exceeded"}`, failure.Permanent, false},
		{"dropbox", "Dropbox", 429, "Retry-After: 1", `{"error_summary":"too_many_requests/..","error":{"reason":{".tag":"too_many_requests"}}}`, failure.Throttled, false},
		{"dropbox", "Dropbox, writers", 429, "Retry-After: 1", `{"error_summary":"too_many_write_operations/."}`, failure.Contention, false},
		{"dropbox", "Dropbox, exists", 409, "", `{"error_summary":"path/conflict/file/.."}`, failure.Permanent, true},
		{"dropbox", "Dropbox, full", 409, "", `{"error_summary":"path/insufficient_space/"}`, failure.Permanent, false},
		{"dropbox", "Dropbox, token", 401, "", `{"error_summary":"expired_access_token/"}`, failure.Permanent, false},
		{"egnyte", "Egnyte, second", 403, "X-Mashery-Error-Code: ERR_403_DEVELOPER_OVER_QPS", "", failure.Throttled, false},
		{"egnyte", "Egnyte, day", 403, "X-Mashery-Error-Code: ERR_403_DEVELOPER_OVER_RATE\nRetry-After: 3600", "", failure.Cap, false},
		{"s3", "S3 slow down", 503, "", "<Error><Code>SlowDown</Code></Error>", failure.Throttled, false},
		{"s3", "S3 aborted", 409, "", "<Error><Code>OperationAborted</Code></Error>", failure.Contention, false},
		{"s3", "S3 concurrent condition", 409, "", "<Error><Code>ConditionalRequestConflict</Code></Error>", failure.Contention, false},
		{"s3", "S3 exists", 412, "", "<Error><Code>PreconditionFailed</Code></Error>", failure.Permanent, true},
		{"s3", "S3 key", 403, "", "<Error><Code>InvalidAccessKeyId</Code></Error>", failure.Permanent, false},
		{"azureblob", "Azure busy", 503, "X-Ms-Error-Code: ServerBusy", "", failure.Throttled, false},
		{"azureblob", "Azure exists", 409, "X-Ms-Error-Code: BlobAlreadyExists", "", failure.Permanent, true},
		{"webdav", "OAuth", 400, "", `{"error":"invalid_grant"}`, failure.Permanent, false},
		{"webdav", "plain 503", 503, "", "", failure.Overload, false},
		{"webdav", "plain 500", 500, "", "", failure.Overload, false},
		{"webdav", "501", 501, "", "", failure.Permanent, false},
		{"webdav", "408", 408, "", "", failure.Overload, false},
		{"webdav", "400", 400, "", "", failure.Permanent, false},
		{"webdav", "404", 404, "", "", failure.Permanent, false},
		{"webdav", "WebDAV full", 507, "", "", failure.Permanent, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			words := kind.WordsOf(test.provider)
			a := readAnswer(dumped(test.status, test.headers, test.body), http.MethodPut, words)
			m := classify(a, words)
			require.Equal(t, test.want, m.class)
			require.Equal(t, test.taken, m.taken)
			if m.class == failure.Throttled && strings.Contains(test.headers, "Retry-After") {
				require.True(t, m.pause)
				require.True(t, m.until.After(a.at))
			}
		})
	}
}

// dumped writes an answer as rclone dumps it.
func dumped(status int, headers, body string) string {
	text := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", status, http.StatusText(status), len(body))
	if headers != "" {
		text += strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n"
	}
	return text + "\r\n" + body
}

func TestClassifyWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	words := kind.WordsOf("webdav")
	for problem, want := range map[string]failure.Class{
		"dial tcp 127.0.0.1:1: connect: connection refused": failure.Overload,
		"read: connection reset by peer":                    failure.Overload,
		"EOF":                                               failure.Overload,
		"net/http: timeout awaiting response headers":       failure.Overload,
		"tls: failed to verify certificate: x509: unknown":  failure.Permanent,
	} {
		require.Equal(t, want, classify(readAnswer("Error: "+problem, http.MethodGet, words), words).class, problem)
	}
	require.Equal(t, failure.Overload, classify(readAnswer("", http.MethodGet, words), words).class)
}

func TestRetryAfterDate(t *testing.T) {
	t.Parallel()
	date := time.Now().Add(time.Minute).UTC().Truncate(time.Second)
	words := kind.WordsOf("webdav")
	a := readAnswer(dumped(429, "Retry-After: "+date.Format(http.TimeFormat), ""), http.MethodPut, words)
	require.Equal(t, date, a.retryAfter())
	require.Zero(t, readAnswer(dumped(429, "Retry-After: soon", ""), http.MethodPut, words).retryAfter())
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`Put "https://user:s3cret@example.com/a": EOF`,
		`Get "https://example.com/a?sig=s3cret&x=1": EOF`,
		`bad header Authorization: Bearer s3cret-s3cret`,
		`{"refresh_token":"s3cret"}`, `password=s3cret`, `client_secret: s3cret`,
	} {
		require.NotContains(t, redact(text), "s3cret", text)
	}
	require.LessOrEqual(t, len([]rune(redact(strings.Repeat("ä", 10_000)))), 501)
}
