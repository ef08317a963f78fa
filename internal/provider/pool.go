package provider

import (
	"context"
	"sync"
	"time"

	rclone "github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config"
	"github.com/rclone/rclone/fs/fshttp"
	"github.com/rclone/rclone/lib/atexit"

	"metronome/internal/provider/kind"
	"metronome/internal/provider/quiet"
)

func init() { quiet.Restore() }

// Options say what a pool works with.
type Options struct {
	RcloneConfig []byte    // text of an rclone configuration file, encrypted with $RCLONE_CONFIG_PASS or plain; never written
	AccountLimit *Share    // what each account may use, besides the pool's share; nil: no limit of its own
	Provider     kind.Name // of the pool: decides by which words a refusal is recognised; may be empty
	Worker       string    // who sends: part of the User-Agent, so that a provider's log tells workers apart; may be empty
	SerialWrites bool      // one writing operation at a time, for providers that serialise them anyway
}

// Pool is rclone set up for this process.
type Pool struct {
	provider kind.Name
	words    *kind.Words // by which a refusal is recognised
	limiter  *limiter
	counts   counter
	writing  chan struct{} // held by the writing operation; nil where they may overlap

	opening     sync.Mutex             // held while a remote is opened
	connections map[string]*connection // the opened remotes

	mu   sync.Mutex
	deep map[string]bool // remotes whose server lists whole trees: true yes, false no
}

// process is what rclone has once per process.
var process = struct {
	once        sync.Once
	interceptor interceptor
}{interceptor: interceptor{sent: map[string]*exchange{}}}

// Open sets rclone up for this process. It sends nothing. A process opens one pool; opening another adds its remotes and
// leaves the first working, but requests that rclone sends on its own behalf then count for the last pool opened.
func Open(ctx context.Context, options Options) (*Pool, error) {
	process.once.Do(setUp)
	if options.Worker != "" {
		rclone.GetConfig(ctx).UserAgent = "metronome (" + options.Worker + ")"
	}
	sections, err := parseConfig(options.RcloneConfig)
	if err != nil {
		return nil, err
	}
	for section, values := range sections {
		for key, value := range values {
			config.Data().SetValue(section, key, value)
		}
	}
	pool := &Pool{
		provider: options.Provider, words: kind.WordsOf(options.Provider),
		limiter: newLimiter(options.AccountLimit), deep: map[string]bool{}, connections: map[string]*connection{},
	}
	if options.SerialWrites {
		pool.writing = make(chan struct{}, 1)
	}
	process.interceptor.pool.Store(pool)
	return pool, nil
}

// connectTimeout and idleTimeout bound how long a server may keep a request waiting.
const (
	connectTimeout = 20 * time.Second
	idleTimeout    = 90 * time.Second
)

// setUp makes rclone a library: no signal handlers, no questions, no files, no retries, no log but to the interceptor.
func setUp() {
	atexit.IgnoreSignals()
	c := rclone.GetConfig(context.Background())
	c.AskPassword = false
	c.LowLevelRetries = 1
	c.TPSLimit = 0
	c.ConnectTimeout = rclone.Duration(connectTimeout)
	c.Timeout = rclone.Duration(idleTimeout)
	c.UserAgent = "metronome"
	c.Dump = rclone.DumpHeaders | rclone.DumpResponses
	c.LogLevel = rclone.LogLevelDebug
	rclone.SetLogger(&process.interceptor)
	_ = config.SetConfigPath("") // from here on the configuration lives in memory
	_ = config.LoadedData()
	fshttp.SetFaultInjector(process.interceptor.inspect)
}

// Pace returns this process its share. The first call starts an empty bucket; later ones never refill it. Before the first
// nothing is sent. It may be called at any time.
func (p *Pool) Pace(share Share) { p.limiter.pace(share) }

// Counts returns what was asked of the provider so far.
func (p *Pool) Counts() Counts { return p.counts.snapshot() }

// write waits until a writing operation may start; done ends it.
func (p *Pool) write(ctx context.Context) (done func(), err error) {
	if p.writing == nil {
		return func() {}, nil
	}
	select {
	case p.writing <- struct{}{}:
		return func() { <-p.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// listsDeep returns what is known of a remote's server: whether it lists a whole tree at once.
func (p *Pool) listsDeep(remote string) (deep, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	deep, known = p.deep[remote]
	return deep, known
}

func (p *Pool) learnDeep(remote string, deep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deep[remote] = deep
}
