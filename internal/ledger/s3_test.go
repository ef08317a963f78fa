package ledger_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// fault is what happens to one request in place of, before or after forwarding it.
type fault func(w http.ResponseWriter, r *http.Request, forward http.Handler)

// faulty opens a ledger whose requests of a method meet faults, one after another, and then none; the other ledger sees the
// same documents without faults.
func faulty(t *testing.T, method, parameters string, faults ...fault) (ledger.Ledger, ledger.Ledger) {
	t.Helper()
	target, err := url.Parse(server(t).Endpoint)
	require.NoError(t, err)
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	var met atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method {
			if i := int(met.Add(1)) - 1; i < len(faults) {
				faults[i](w, r, forward)
				return
			}
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	address := s3URL(t, proxy.URL)
	return open(t, address+parameters), open(t, strings.Replace(address, proxy.URL, server(t).Endpoint, 1))
}

// loseAnswer lets the server do its work and breaks the connection.
func loseAnswer(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	forward.ServeHTTP(httptest.NewRecorder(), r)
	breakConnection(w)
}

// loseRequest breaks the connection after somebody else did something.
func loseRequest(meanwhile func() error) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		if err := meanwhile(); err != nil {
			panic(err)
		}
		breakConnection(w)
	}
}

func breakConnection(w http.ResponseWriter) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

// halveBody promises the whole body and breaks off in the middle.
func halveBody(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	whole := httptest.NewRecorder()
	forward.ServeHTTP(whole, r)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	w.(http.Flusher).Flush()
	breakConnection(w)
}

func refuse(status int, code string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as the test wants</Message></Error>", code)
	}
}

func repeat(n int, f fault) []fault {
	faults := make([]fault, n)
	for i := range faults {
		faults[i] = f
	}
	return faults
}

func TestCreateWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	l, sound := faulty(t, http.MethodPut, "", loseAnswer, loseAnswer)
	version, err := l.Create(t.Context(), "runs/a", []byte("mine"))
	require.NoError(t, err, "the second attempt is refused because of the first")
	_, err = sound.Swap(t.Context(), "runs/a", []byte("next"), version)
	require.NoError(t, err)
	_, err = l.Create(t.Context(), "runs/a", []byte("next"))
	require.ErrorIs(t, err, ledger.ErrExists, "a refusal without a lost answer is one, whatever the bytes")
}

func TestCreateWhoseRequestIsLostToAnotherWriter(t *testing.T) {
	t.Parallel()
	var sound ledger.Ledger
	l, sound := faulty(t, http.MethodPut, "", loseRequest(func() error {
		_, err := sound.Create(t.Context(), "runs/a", []byte("theirs"))
		return err
	}))
	_, err := l.Create(t.Context(), "runs/a", []byte("mine"))
	require.ErrorIs(t, err, ledger.ErrExists)
}

func TestSwapWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	l, sound := faulty(t, http.MethodPut, "", loseAnswer)
	version, err := sound.Create(t.Context(), "runs/a", []byte("one"))
	require.NoError(t, err)
	version, err = l.Swap(t.Context(), "runs/a", []byte("two"), version)
	require.NoError(t, err)
	_, err = l.Swap(t.Context(), "runs/a", []byte("three"), version)
	require.NoError(t, err)
}

func TestSwapWhoseRequestIsLostToAnotherWriter(t *testing.T) {
	t.Parallel()
	var sound ledger.Ledger
	var version ledger.Version
	l, sound := faulty(t, http.MethodPut, "", loseRequest(func() error {
		_, err := sound.Swap(t.Context(), "runs/a", []byte("theirs"), version)
		return err
	}))
	version, err := sound.Create(t.Context(), "runs/a", []byte("one"))
	require.NoError(t, err)
	_, err = l.Swap(t.Context(), "runs/a", []byte("mine"), version)
	require.ErrorIs(t, err, ledger.ErrConflict)
}

func TestUndecidedConditionalWrites(t *testing.T) {
	t.Parallel()
	undecided := refuse(http.StatusConflict, "ConditionalRequestConflict")
	ctx := t.Context()

	l, _ := faulty(t, http.MethodPut, "", repeat(2, undecided)...)
	_, err := l.Create(ctx, "runs/a", []byte("x"))
	require.NoError(t, err, "undecided is asked again")

	l, sound := faulty(t, http.MethodPut, "", repeat(100, undecided)...)
	_, err = l.Create(ctx, "runs/a", []byte("x"))
	require.Equal(t, failure.Contention, failure.ClassOf(err))
	version, err := sound.Create(ctx, "runs/a", []byte("x"))
	require.NoError(t, err)
	_, err = l.Swap(ctx, "runs/a", []byte("y"), version)
	require.ErrorIs(t, err, ledger.ErrConflict)
}

func TestBodyThatBreaksOffIsReadAgain(t *testing.T) {
	t.Parallel()
	l, sound := faulty(t, http.MethodGet, "", halveBody, halveBody)
	want := strings.Repeat("0123456789", 100_000)
	require.NoError(t, sound.Put(t.Context(), "runs/a", []byte(want)))
	data, _, err := l.Get(t.Context(), "runs/a")
	require.NoError(t, err)
	require.Equal(t, want, string(data))
}

func TestTransientErrorsAreRetried(t *testing.T) {
	t.Parallel()
	l, _ := faulty(t, http.MethodPut, "", refuse(http.StatusServiceUnavailable, "SlowDown"),
		refuse(http.StatusInternalServerError, "InternalError"), loseRequest(func() error { return nil }))
	require.NoError(t, l.Put(t.Context(), "runs/a", []byte("x")))
}

func TestClassOfS3Answers(t *testing.T) {
	t.Parallel()
	for code, test := range map[string]struct {
		status int
		class  failure.Class
		hint   string
	}{
		"SlowDown":                     {http.StatusServiceUnavailable, failure.Throttled, "fewer requests"},
		"InternalError":                {http.StatusInternalServerError, failure.Overload, ""},
		"ServiceUnavailable":           {http.StatusServiceUnavailable, failure.Overload, ""},
		"AccessDenied":                 {http.StatusForbidden, failure.Config, "s3:ListBucket"},
		"PermanentRedirect":            {http.StatusMovedPermanently, failure.Config, "region"},
		"AuthorizationHeaderMalformed": {http.StatusBadRequest, failure.Config, "region"},
		"NoSuchBucket":                 {http.StatusNotFound, failure.Config, "create the bucket"},
		"NotImplemented":               {http.StatusNotImplemented, failure.Config, "If-None-Match"},
		"SignatureDoesNotMatch":        {http.StatusForbidden, failure.Config, "credentials"},
		"SomethingNew":                 {http.StatusBadRequest, failure.Config, ""},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			l, _ := faulty(t, http.MethodPut, "&profile=impatient", repeat(2, refuse(test.status, code))...)
			err := l.Put(t.Context(), "runs/a", []byte("x"))
			require.Equal(t, test.class, failure.ClassOf(err), "%v", err)
			require.Contains(t, failure.HintOf(err), test.hint)
			require.ErrorContains(t, err, "runs/a")
		})
	}
}

func TestMaxAttemptsOfTheProfileIsKept(t *testing.T) {
	t.Parallel()
	l, _ := faulty(t, http.MethodPut, "&profile=impatient", repeat(2, refuse(http.StatusInternalServerError, "InternalError"))...)
	require.Error(t, l.Put(t.Context(), "runs/a", []byte("x")))
	require.NoError(t, l.Put(t.Context(), "runs/a", []byte("x")), "the first call used up both faults")
}

func TestWrongS3Ledgers(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	endpoint := "?pathStyle=true&endpoint=" + server(t).Endpoint
	for name, test := range map[string]struct {
		url, hint string
		class     failure.Class
	}{
		"no bucket":    {"s3://nowhere/x" + endpoint, "create the bucket", failure.Config},
		"unknown key":  {"s3://ledger/x" + endpoint + "&profile=stranger", "credentials", failure.Config},
		"wrong secret": {"s3://ledger/x" + endpoint + "&profile=forgetful", "credentials", failure.Config},
		"wrong region": {"s3://ledger/x" + endpoint + "&profile=abroad", "region", failure.Config},
		"nobody listens": {"s3://ledger/x?pathStyle=true&profile=impatient&endpoint=http://" + closed.Addr().String(), "",
			failure.Overload},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, test.url)
			_, create := l.Create(t.Context(), "runs/a", []byte("x"))
			_, _, get := l.Get(t.Context(), "runs/a")
			_, children := l.Children(t.Context(), "")
			_, listing := collect(l.List(t.Context(), ""))
			for _, err := range []error{create, get, children, listing} {
				require.Equal(t, test.class, failure.ClassOf(err), "%v", err)
				require.Contains(t, failure.HintOf(err), test.hint, "%v", err)
			}
		})
	}
}

func TestLedgersOfOneBucketAreApart(t *testing.T) {
	t.Parallel()
	address := server(t).Endpoint
	one := open(t, "s3://ledger/apart/a?pathStyle=true&endpoint="+address)
	two := open(t, "s3://ledger/apart/ab/?pathStyle=true&endpoint="+address)
	require.NoError(t, one.Put(t.Context(), "runs/1", nil))
	require.NoError(t, two.Put(t.Context(), "runs/2", nil))
	require.Equal(t, []string{"runs/1"}, list(t, one, ""))
	require.Equal(t, []string{"runs/2"}, list(t, two, ""))
}
