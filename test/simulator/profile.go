package simulator

import (
	"time"
)

// Profile declares what a simulator serves. The zero values of everything optional are sensible.
type Profile struct {
	Seed      uint64     `yaml:"seed"`  // of latencies and faults: the same seed draws the same sequence
	Admin     string     `yaml:"admin"` // listen address of the admin API; default 127.0.0.1:0
	Data      string     `yaml:"data"`  // directory below which relative roots lie; default the working directory
	Providers []Provider `yaml:"providers"`
}

// Provider declares one simulated storage service.
type Provider struct {
	Name     string            `yaml:"name"`   // lower-case letters, digits and dashes; the pool's name
	Kind     Kind              `yaml:"kind"`   // webdav or s3
	Listen   string            `yaml:"listen"` // default 127.0.0.1:0
	Root     string            `yaml:"root"`   // directory of the files; default the name, below Profile.Data
	Accounts Accounts          `yaml:"accounts"`
	Client   string            `yaml:"client"` // header that tells workers apart; default User-Agent
	Answer   Answer            `yaml:"answer"` // how the provider words its refusals; default 429
	Weights  map[Class]float64 `yaml:"weights"`
	Limits   []Limit           `yaml:"limits"`
	Writers  Writers           `yaml:"writers"`
	Latency  Latency           `yaml:"latency"`
	Faults   Faults            `yaml:"faults"`
	Paths    []PathRule        `yaml:"paths"`
	WebDAV   WebDAV            `yaml:"webdav"`
	S3       S3                `yaml:"s3"`
}

// Kind is the protocol that a provider speaks.
type Kind string

// The protocols.
const (
	KindWebDAV Kind = "webdav"
	KindS3     Kind = "s3"
)

// Accounts says how a request's account is found.
type Accounts struct {
	By      AccountBy         `yaml:"by"`      // default path
	Segment int               `yaml:"segment"` // by path: which segment, from 1; default 1 (on S3 the bucket)
	Users   map[string]string `yaml:"users"`   // WebDAV passwords by user; when given, everybody else is answered 401
}

// AccountBy is where a request names its account.
type AccountBy string

// The places that may name an account.
const (
	ByPath      AccountBy = "path"
	ByUser      AccountBy = "user"
	ByAccessKey AccountBy = "accessKey"
)

// Limit declares one number that a provider enforces: a token bucket (RequestsPerSecond and Burst) or a fixed window
// (Allowance and Per). A request is granted when every limit that concerns it grants it, and then counts against all
// of them; otherwise it counts against none, unless CountRefused is set.
type Limit struct {
	Scope             Scope         `yaml:"scope,omitempty"`             // pool (default) or account: one meter for each
	Counts            Counted       `yaml:"counts,omitempty"`            // all (default), reads, writes or uploads
	Measure           Measure       `yaml:"measure,omitempty"`           // requests (default), units (weights) or bytes (uploaded)
	RequestsPerSecond float64       `yaml:"requestsPerSecond,omitempty"` // token bucket: refill, in the measure per second
	Burst             float64       `yaml:"burst,omitempty"`             // token bucket: size; default one second's refill, at least 1
	Allowance         float64       `yaml:"allowance,omitempty"`         // fixed window: how much is granted in one
	Per               time.Duration `yaml:"per,omitempty"`               // fixed window: its length
	Align             Align         `yaml:"align,omitempty"`             // fixed window: start at the first request (default) or by the clock, UTC
	Cap               bool          `yaml:"cap,omitempty"`               // a day's or month's allowance: answered as cap reached, not as throttling
	CountRefused      bool          `yaml:"countRefused,omitempty"`      // refused requests count too, as OneDrive does
	Answer            Answer        `yaml:"answer,omitempty"`            // default the provider's
}

// Scope says whose requests one meter counts.
type Scope string

// The scopes.
const (
	ScopePool    Scope = "pool"
	ScopeAccount Scope = "account"
)

// Counted says which requests a limit concerns.
type Counted string

// The kinds of requests that limits tell apart.
const (
	CountAll     Counted = "all"
	CountReads   Counted = "reads"   // read, download, list
	CountWrites  Counted = "writes"  // write, upload
	CountUploads Counted = "uploads" // upload
)

// Measure says what a limit sums up.
type Measure string

// The measures.
const (
	MeasureRequests Measure = "requests"
	MeasureUnits    Measure = "units"
	MeasureBytes    Measure = "bytes"
)

// Align says when a fixed window starts.
type Align string

// The alignments of a fixed window.
const (
	AlignFirst Align = "first"
	AlignClock Align = "clock"
)

// Writers declares a namespace that serialises writes: more than Max writing requests at once on one account are
// answered as contention. Max 0 means no such limit.
type Writers struct {
	Max    int    `yaml:"max"`
	Answer Answer `yaml:"answer"` // default the provider's
}

// Latency is how long a provider takes for a granted request, before the real server sees it: Fixed, or uniform between
// Min and Max, or lognormal with the given P50 and P99 (cut at ten times P99).
type Latency struct {
	Fixed time.Duration `yaml:"fixed"`
	Min   time.Duration `yaml:"min"`
	Max   time.Duration `yaml:"max"`
	P50   time.Duration `yaml:"p50"`
	P99   time.Duration `yaml:"p99"`
}

// Faults are what goes wrong at random, each with its share of the granted requests (0 to 1, at most 1 together).
type Faults struct {
	Errors         float64  `yaml:"errors"`             // answered with one of ErrorStatuses, not applied
	ErrorStatuses  []int    `yaml:"errorStatuses"`      // default 500, 502, 503, 504
	DropBefore     float64  `yaml:"dropBefore"`         // connection cut, request not applied
	DropDuring     float64  `yaml:"dropDuring"`         // connection cut in the middle of the uploaded body
	DropAfter      float64  `yaml:"dropAfter"`          // request applied, connection cut instead of an answer
	Slow           float64  `yaml:"slow"`               // bodies crawl in both directions
	BytesPerSecond int      `yaml:"slowBytesPerSecond"` // of a slow body; default 1024
	Methods        []string `yaml:"methods"`            // only these HTTP methods; all when empty
}

// PathRule fails requests for chosen paths, always or the first few times, before they are applied.
type PathRule struct {
	Pattern string   `yaml:"pattern"` // Go regular expression, matched anywhere in the decoded path
	Methods []string `yaml:"methods"` // only these HTTP methods; all when empty
	Status  int      `yaml:"status"`  // what is answered
	Times   int      `yaml:"times"`   // how often; 0 means for ever
}

// WebDAV declares how the WebDAV server behaves where real ones differ.
type WebDAV struct {
	Put           Put      `yaml:"put"`           // atomic (default) or truncating
	Preconditions bool     `yaml:"preconditions"` // honour If-Match and If-None-Match on PUT, as Apache does
	Infinity      Infinity `yaml:"infinity"`      // PROPFIND Depth: infinity: allow (default), refuse (403) or flatten
}

// Put says what a broken upload leaves behind: nothing, as servers do that rename a finished temporary file, or a
// truncated file, as those do that write in place.
type Put string

// The behaviours of PUT.
const (
	PutAtomic     Put = "atomic"
	PutTruncating Put = "truncating"
)

// Infinity says what a PROPFIND of infinite depth gets.
type Infinity string

// The answers to a PROPFIND of infinite depth.
const (
	InfinityAllow   Infinity = "allow"
	InfinityRefuse  Infinity = "refuse"
	InfinityFlatten Infinity = "flatten" // answered as depth 1
)

// S3 declares the S3 server behind the quota layer.
type S3 struct {
	Buckets []string `yaml:"buckets"` // created at the start
}

// withDefaults fills in what the profile leaves out.
func (p Profile) withDefaults() Profile {
	p.Admin = defaultTo(p.Admin, "127.0.0.1:0")
	providers := make([]Provider, len(p.Providers))
	for i, provider := range p.Providers {
		providers[i] = provider.withDefaults()
	}
	p.Providers = providers
	return p
}

func (p Provider) withDefaults() Provider {
	p.Listen = defaultTo(p.Listen, "127.0.0.1:0")
	p.Root = defaultTo(p.Root, p.Name)
	p.Accounts.By = defaultTo(p.Accounts.By, ByPath)
	p.Accounts.Segment = defaultTo(p.Accounts.Segment, 1)
	p.Client = defaultTo(p.Client, "User-Agent")
	p.Answer = defaultTo(p.Answer, Answer429)
	p.Limits = limitsWithDefaults(p.Limits, p.Answer)
	p.Writers.Answer = defaultTo(p.Writers.Answer, p.Answer)
	p.Faults = p.Faults.withDefaults()
	p.WebDAV.Put = defaultTo(p.WebDAV.Put, PutAtomic)
	p.WebDAV.Infinity = defaultTo(p.WebDAV.Infinity, InfinityAllow)
	return p
}

func limitsWithDefaults(limits []Limit, answer Answer) []Limit {
	filled := make([]Limit, len(limits))
	for i, limit := range limits {
		filled[i] = limit.withDefaults(answer)
	}
	return filled
}

func (l Limit) withDefaults(answer Answer) Limit {
	l.Scope = defaultTo(l.Scope, ScopePool)
	l.Counts = defaultTo(l.Counts, CountAll)
	l.Measure = defaultTo(l.Measure, MeasureRequests)
	l.Align = defaultTo(l.Align, AlignFirst)
	l.Answer = defaultTo(l.Answer, answer)
	if l.RequestsPerSecond > 0 {
		l.Burst = defaultTo(l.Burst, max(1, l.RequestsPerSecond))
	}
	return l
}

func (f Faults) withDefaults() Faults {
	f.BytesPerSecond = defaultTo(f.BytesPerSecond, 1024)
	if len(f.ErrorStatuses) == 0 {
		f.ErrorStatuses = []int{500, 502, 503, 504}
	}
	return f
}

func defaultTo[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
