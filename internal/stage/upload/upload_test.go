package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/provider"
	"metronome/internal/receipt"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/stagetest"
	"metronome/internal/stage/templates"
	"metronome/internal/stage/upload"
)

// Paths of the period below the customer's folder.
const (
	root      = "2026/12 December"
	checklist = root + "/Checklist 2026-12.xlsx"
	cash      = root + "/Bank/1000 Cash 2026-12.xlsx"
	loan      = root + "/Bank/Loan 2026-12.csv"
)

// customer is an entity with a ledger in which the first two stages are done, and with a real WebDAV server.
type customer struct {
	job    stage.Job
	ledger ledger.Ledger
	dir    string // the customer's folder
	pool   *provider.Pool

	mu     sync.Mutex
	writes []string // requests that write, in order
	answer answer   // in place of the server's; nil: the server's
}

// answer answers a request, perhaps by the server.
type answer func(w http.ResponseWriter, r *http.Request, server http.Handler)

var customers atomic.Int64

func newCustomer(t *testing.T) *customer {
	t.Helper()
	c := &customer{job: stagetest.Job, ledger: ledger.NewMemory()}
	storage := t.TempDir()
	c.dir = filepath.Join(storage, "Close")
	require.NoError(t, os.Mkdir(c.dir, 0o755))
	server := httptest.NewServer(c.watch(&webdav.Handler{FileSystem: webdav.Dir(storage), LockSystem: webdav.NewMemLS()}))
	t.Cleanup(server.Close)
	remote := fmt.Sprintf("upload%d", customers.Add(1))
	var err error
	c.pool, err = provider.Open(t.Context(), provider.Options{
		RcloneConfig: fmt.Appendf(nil, "[%s]\ntype = webdav\nvendor = other\nurl = %s\n", remote, server.URL),
	})
	require.NoError(t, err)
	c.pool.Pace(provider.Share{RequestsPerSecond: 1e6, Burst: 1e6})
	c.job.Entity.Remote, c.job.Entity.Account = remote+":Close", "acme"
	c.prepare(t, c.job)
	return c
}

// prepare does the first two stages.
func (c *customer) prepare(t *testing.T, job stage.Job) {
	t.Helper()
	require.NoError(t, folders.Stage{Ledger: c.ledger, Templates: stagetest.Templates}.Do(t.Context(), job))
	require.NoError(t, templates.Stage{Ledger: c.ledger, Templates: stagetest.Templates, Calendars: stagetest.Calendars}.Do(t.Context(), job))
}

// watch notes what writes, and lets a test answer in the server's place.
func (c *customer) watch(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		if r.Method != "PROPFIND" && r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions {
			c.writes = append(c.writes, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/Close/"))
		}
		answer := c.answer
		c.mu.Unlock()
		if answer == nil {
			server.ServeHTTP(w, r)
			return
		}
		answer(w, r, server)
	})
}

func (c *customer) setAnswer(a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = a
}

// stage is the upload stage with a ledger, one request at a time.
func (c *customer) stage(l ledger.Ledger) upload.Stage {
	return upload.Stage{
		Ledger: l, Pool: c.pool, InFlight: func() int { return 1 },
		Retry: upload.RetryPolicy{
			Attempts:  map[failure.Class]int{failure.Throttled: 2, failure.Overload: 2},
			FirstWait: time.Microsecond, MaxWait: time.Microsecond,
		},
	}
}

func (c *customer) upload(t *testing.T) error {
	t.Helper()
	return c.stage(stagetest.CreateOnly{Ledger: c.ledger}).Do(t.Context(), t.Context(), c.job)
}

// receipt returns what the stage left.
func (c *customer) receipt(t *testing.T) receipt.Uploaded {
	t.Helper()
	left := stagetest.Read[receipt.Receipt](t, c.ledger, ledger.ReceiptKey("acme", c.job.Period, receipt.Upload))
	return *left.Upload
}

// write puts a file straight into the customer's folder.
func (c *customer) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(c.dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

// files returns what the customer has, by path; folders end in a slash.
func (c *customer) files(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(c.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if entry.IsDir() {
			found[name+"/"] = ""
			return nil
		}
		data, err := os.ReadFile(filepath.Join(c.dir, name))
		found[name] = string(data)
		return err
	}))
	return found
}

// expected returns what the customer has after an upload that nothing disturbed.
func (c *customer) expected(t *testing.T) map[string]string {
	t.Helper()
	book := func(key string) string {
		data, _, err := c.ledger.Get(t.Context(), key)
		require.NoError(t, err)
		return string(data)
	}
	return map[string]string{
		"2026/": "", root + "/": "", root + "/Bank/": "", root + "/Tax Q2/": "",
		checklist: book(ledger.ChecklistWorkbookKey("acme", c.job.Period)),
		cash:      book(ledger.ReconciliationWorkbookKey("acme", c.job.Period, "cash")),
	}
}

func paths(files []receipt.File) []string {
	var list []string
	for _, file := range files {
		list = append(list, file.Path)
	}
	return list
}

func TestUpload(t *testing.T) {
	c := newCustomer(t)
	require.NoError(t, c.upload(t))
	require.Equal(t, c.expected(t), c.files(t))
	left := c.receipt(t)
	require.Equal(t, c.job.Entity.Remote, left.Remote)
	require.Equal(t, []string{checklist, cash}, paths(left.Created))
	require.Equal(t, 4, left.Folders)
	require.Empty(t, left.Kept)
	require.Empty(t, left.UserCreated)
	require.Equal(t, c.pool.Counts().Requests, left.Requests)

	require.NoError(t, c.upload(t))
	require.Equal(t, left.Requests, c.pool.Counts().Requests, "what is done asks nothing of the provider")
}

func TestMissingCustomersFolderIsMade(t *testing.T) {
	c := newCustomer(t)
	require.NoError(t, os.Remove(c.dir))
	require.NoError(t, c.upload(t))
	require.Equal(t, c.expected(t), c.files(t))
}

func TestDocumentsAreCarriedForward(t *testing.T) {
	c := newCustomer(t)
	prior := c.job
	prior.Period = period.New(2026, 11)
	c.ledger = ledger.NewMemory()
	c.prepare(t, prior)
	c.prepare(t, c.job)
	c.write(t, "2026/11 November/Bank/Loan 2026-11.csv", "125000")
	c.write(t, "2026/11 November/Notes.txt", "stays")
	require.NoError(t, c.upload(t))
	require.Equal(t, "125000", c.files(t)[loan])
	require.NotContains(t, c.files(t), root+"/Notes.txt")
	require.Equal(t, []string{checklist, cash, loan}, paths(c.receipt(t).Created))
}

func TestWhatIsThereIsKept(t *testing.T) {
	c := newCustomer(t)
	c.write(t, cash, "the customer was first")
	c.write(t, root+"/Notes.txt", "hand-made")
	require.NoError(t, c.upload(t))
	expected := c.expected(t)
	expected[cash], expected[root+"/Notes.txt"] = "the customer was first", "hand-made"
	require.Equal(t, expected, c.files(t))
	left := c.receipt(t)
	require.Equal(t, []receipt.Kept{{Path: cash, Reason: "was there before this period was replicated"}}, left.Kept)
	require.Equal(t, []string{root + "/Notes.txt"}, left.UserCreated)
	require.Equal(t, []string{checklist}, paths(left.Created))
}

// An upload that is stopped after any of its writes, or cut off from the ledger, comes to the same end as one that is not.
func TestInterruptedUploadResumes(t *testing.T) {
	whole := newCustomer(t)
	require.NoError(t, whole.upload(t))
	require.Len(t, whole.written(), 6, "4 folders and 2 files")
	for n := range whole.written() {
		c := newCustomer(t)
		c.stopAfter(t, func() bool { return len(c.written()) > n })
		require.Len(t, c.written(), n+1, "no request is started any more")
		require.NoError(t, c.upload(t))
		require.Equal(t, c.expected(t), c.files(t))
		require.Equal(t, whole.puts(), c.puts(), "nothing is written twice")
	}
	for n := range 2 { // the manifest and the receipt
		for _, lost := range []bool{false, true} {
			c := newCustomer(t)
			interrupted := &stagetest.Interrupted{Ledger: c.ledger, Creates: int64(n), Lost: lost}
			require.ErrorIs(t, c.stage(interrupted).Do(t.Context(), t.Context(), c.job), stagetest.ErrInterrupted)
			require.NoError(t, c.upload(t))
			require.Equal(t, c.expected(t), c.files(t))
			require.Equal(t, whole.puts(), c.puts(), "nothing is written twice")
			require.Len(t, c.receipt(t).Created, 2)
		}
	}
}

// stopAfter stops the upload once it has written a file or made a folder.
func (c *customer) stopAfter(t *testing.T, written func() bool) {
	t.Helper()
	reason := failure.New(failure.Overload, "", "", "", "stopped")
	stop, cancel := context.WithCancelCause(t.Context())
	c.setAnswer(func(w http.ResponseWriter, r *http.Request, server http.Handler) {
		server.ServeHTTP(w, r)
		if written() {
			cancel(reason)
		}
	})
	require.ErrorIs(t, c.stage(c.ledger).Do(t.Context(), stop, c.job), reason)
	c.setAnswer(nil)
}

// written returns the requests that wrote, in order.
func (c *customer) written() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.writes)
}

// puts returns the files that were written, in order.
func (c *customer) puts() []string {
	return slices.DeleteFunc(c.written(), func(request string) bool { return !strings.HasPrefix(request, http.MethodPut) })
}

func TestFragmentIsCompletedAndAPersonsFileKept(t *testing.T) {
	whole := newCustomer(t).expected(t)[cash]
	changed := []receipt.Kept{{Path: cash, Reason: "was created or changed by somebody since"}}
	for name, test := range map[string]struct {
		there, after string
		kept         []receipt.Kept
	}{
		"nothing":                {whole[:0], whole, nil},
		"a fragment":             {whole[:len(whole)/2], whole, nil},
		"all of it":              {whole, whole, nil},
		"a person's short file":  {"theirs", "theirs", changed},
		"a person's longer file": {whole + "and more", whole + "and more", changed},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCustomer(t)
			c.stopAfter(t, func() bool { return len(c.puts()) > 0 }) // the checklist
			c.write(t, cash, test.there)
			require.NoError(t, c.upload(t))
			require.Equal(t, test.after, c.files(t)[cash])
			require.Equal(t, test.kept, c.receipt(t).Kept)
		})
	}
}

// The first answers to a file are bad; what the server did about it differs.
func TestBadAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		applied bool
		class   failure.Class // "": the upload succeeds
		writes  int64
	}{
		"refused for now":            {http.StatusTooManyRequests, false, "", 2},
		"error, not written":         {http.StatusBadGateway, false, "", 2},
		"error, written":             {http.StatusBadGateway, true, "", 1},
		"refused for good":           {http.StatusForbidden, false, failure.Permanent, 1},
		"refused for now, too often": {http.StatusServiceUnavailable, false, failure.Overload, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // rclone waits for a second after a refused file
			c := newCustomer(t)
			var asked atomic.Int64
			c.setAnswer(func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, cash) {
					server.ServeHTTP(w, r)
					return
				}
				if asked.Add(1) > 1 && test.class == "" {
					server.ServeHTTP(w, r)
					return
				}
				if test.applied {
					server.ServeHTTP(httptest.NewRecorder(), r)
				}
				w.WriteHeader(test.status)
			})
			err := c.upload(t)
			require.Equal(t, test.class, failure.ClassOf(err))
			require.Equal(t, test.writes, asked.Load())
			if test.class == "" {
				require.Equal(t, c.expected(t), c.files(t))
				require.Empty(t, c.receipt(t).Kept)
			}
		})
	}
}

// What a server says it took is compared with what it lists.
func TestVerification(t *testing.T) {
	for name, test := range map[string]struct {
		spoil   func(file string) error
		message string
	}{
		"file is lost":      {os.Remove, "the provider took the file but does not list it"},
		"file is truncated": {func(file string) error { return os.Truncate(file, 100) }, "the provider lists 100 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCustomer(t)
			c.setAnswer(func(w http.ResponseWriter, r *http.Request, server http.Handler) {
				server.ServeHTTP(w, r)
				if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, cash) {
					_ = test.spoil(filepath.Join(c.dir, filepath.FromSlash(cash))) // the outcome shows it
				}
			})
			err := c.upload(t)
			require.ErrorContains(t, err, test.message)
			require.Equal(t, failure.Overload, failure.ClassOf(err))
			c.setAnswer(nil)
			require.NoError(t, c.upload(t))
			require.Equal(t, c.expected(t), c.files(t))
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Run("locked period", func(t *testing.T) {
		c := newCustomer(t)
		stagetest.SetPeriodState(t, c.ledger, c.job, content.Locked)
		require.ErrorContains(t, c.upload(t), "period 2026-12 is locked")
		require.Zero(t, c.pool.Counts().Requests)
	})
	t.Run("two planned names are one", func(t *testing.T) {
		c := newCustomer(t)
		planned := stagetest.Read[content.Checklist](t, c.ledger, c.job.Key(ledger.ChecklistName))
		planned.Workbook = cash
		stagetest.Put(t, c.ledger, c.job.Key(ledger.ChecklistName), planned)
		err := c.upload(t)
		require.ErrorContains(t, err, "is the same name as")
		require.Equal(t, failure.Permanent, failure.ClassOf(err))
		require.Empty(t, c.written())
	})
	t.Run("a file where a folder belongs", func(t *testing.T) {
		c := newCustomer(t)
		c.write(t, root+"/Bank", "a file")
		err := c.upload(t)
		require.ErrorContains(t, err, "a file is where a folder of the period belongs")
		require.Equal(t, failure.Permanent, failure.ClassOf(err))
		require.Equal(t, "a file", c.files(t)[root+"/Bank"])
	})
	t.Run("stopped before it begins", func(t *testing.T) {
		c := newCustomer(t)
		reason := errors.New("stopped")
		stop, cancel := context.WithCancelCause(t.Context())
		cancel(reason)
		require.ErrorIs(t, c.stage(c.ledger).Do(t.Context(), stop, c.job), reason)
		require.Zero(t, c.pool.Counts().Requests)
	})
}
