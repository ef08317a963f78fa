package config

import (
	"regexp"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/ledger"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
	"metronome/internal/tempo"
)

// Bounds of numbers.
const (
	minRate    = 0.001
	maxRate    = 100_000
	maxBurst   = 100_000
	maxWorkers = 1_000
	maxBudget  = 1_000_000_000_000
)

// documentKeys are the keys of metronome.yaml: the parser, the JSON schema and the tables of docs/configuration.md are made of
// them.
var documentKeys = strictyaml.Keys[Config]{
	{
		Name: "ledger", Required: true, Reader: strictyaml.Into(ledgerURL(), func(c *Config) *ledger.Location { return &c.Ledger }),
		About: "The store of catalog, run state and period content: file:///folder, file:folder (beside this file) or " +
			"s3://bucket/prefix?region=..&endpoint=..&pathStyle=true&profile=..",
		Values: "URL of a folder or an S3 bucket",
	},
	{
		Name: "rclone", Required: true, Reader: strictyaml.Into(strictyaml.String(), func(c *Config) *string { return &c.Rclone }),
		About: "Path of the rclone configuration, relative to this file", Values: "path",
	},
	{
		Name: "pools", Required: true,
		Reader: strictyaml.Into(strictyaml.Map(poolNames, poolType(), 1), func(c *Config) *map[string]Pool { return &c.Pools }),
		About:  "Quota domains by name", Values: "at least one pool, by name",
	},
	{
		Name: "calendars", Default: "{}",
		Reader: strictyaml.Into(strictyaml.Map(calendarNames, calendarType(), 0),
			func(c *Config) *map[string]calendar.Spec { return &c.Calendars }),
		About: "Working days by name; entities may also name a bare country code", Values: "calendars by name",
	},
	{
		Name: "batch", Default: "{}", Reader: strictyaml.Into(batchKeys.Type(), func(c *Config) *Batch { return &c.Batch }),
		About: "How batches are packed",
	},
	{
		Name: "beat", Default: "{}",
		Reader: strictyaml.Into(strictyaml.Then(beatKeys.Type(), orderedBeat), func(c *Config) *Beat { return &c.Beat }),
		About:  "Bounds of the wait between two beats",
	},
}

var poolNames = strictyaml.Names{
	Pattern: regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`),
	Hint:    "a-z, 0-9 and '-', at most 40, beginning with a letter or digit", Message: "not a pool's name",
}

var calendarNames = strictyaml.Names{
	Pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`),
	Hint:    "letters, digits, '-' and '_', at most 40, beginning with a letter or digit", Message: "not a calendar's name",
}

// pool is a Pool as it is read: whether a default is the provider's is only known at the end.
type pool struct {
	Pool
	serialWrites *bool
}

var poolKeys = strictyaml.Keys[pool]{
	{
		Name: "provider", Required: true,
		Reader: strictyaml.Into(strictyaml.Enum(kind.Names()...), func(p *pool) *kind.Name { return &p.Provider }),
		About:  "Whose storage it is; the table below says what that decides", Values: "one of the table below",
	},
	{
		Name: "remoteType", Implied: "one by which `provider` is reached",
		Reader: strictyaml.Into(strictyaml.Enum(kind.RemoteTypes()...), func(p *pool) *string { return &p.RemoteType }),
		About:  "The rclone type of the pool's remotes, where they do not reach the provider itself", Values: "one of the rclone types above",
	},
	{
		Name: "requestsPerSecond", Implied: "unknown: the pool starts slowly and finds it",
		Reader: strictyaml.Into(rateType(), func(p *pool) *float64 { return &p.RequestsPerSecond }),
		About:  "The provider's limit",
	},
	{
		Name: "burst", Implied: "a quarter of `requestsPerSecond`, at least 1; without a rate, no bound",
		Reader: strictyaml.Into(burstType(), func(p *pool) *int { return &p.Burst }),
		About:  "Requests that may come at once; every worker needs one, so it also limits their number",
	},
	{
		Name: "maxWorkers", Default: "4",
		Reader: strictyaml.Into(strictyaml.Int(1, maxWorkers), func(p *pool) *int { return &p.MaxWorkers }),
		About:  "Most workers at a time",
	},
	{
		Name: "account", Implied: "no limit",
		Reader: strictyaml.Into(accountKeys.Type(), func(p *pool) *Limit { return &p.Account }),
		About:  "Each account's own limit",
	},
	{
		Name: "budget", Default: "{}", Reader: strictyaml.Into(budgetKeys.Type(), func(p *pool) *Budget { return &p.Budget }),
		About: "Requests per UTC day and UTC month",
	},
	{
		Name: "serialWrites", Implied: "as the provider asks, see the table below",
		Reader: strictyaml.Into(strictyaml.Then(strictyaml.Boolean(), pointer), func(p *pool) **bool { return &p.serialWrites }),
		About:  "One request at a time per account",
	},
}

var accountKeys = strictyaml.Keys[Limit]{
	{
		Name: "requestsPerSecond", Required: true, Reader: strictyaml.Into(rateType(), func(l *Limit) *float64 { return &l.RequestsPerSecond }),
		About: "Each account's own limit",
	},
	{
		Name: "burst", Default: "1", Reader: strictyaml.Into(burstType(), func(l *Limit) *int { return &l.Burst }),
		About: "Requests of one account that may come at once",
	},
}

var budgetKeys = strictyaml.Keys[Budget]{
	{
		Name: "day", Implied: "no bound", Reader: strictyaml.Into(budgetType(), func(b *Budget) *int64 { return &b.Day }),
		About: "Requests per day, reset at midnight UTC",
	},
	{
		Name: "month", Implied: "no bound", Reader: strictyaml.Into(budgetType(), func(b *Budget) *int64 { return &b.Month }),
		About: "Requests per calendar month, in UTC",
	},
}

var calendarKeys = strictyaml.Keys[calendar.Spec]{
	{
		Name: "country", Implied: "no holidays, weekends only",
		Reader: strictyaml.Into(strictyaml.Enum(calendar.HolidayCodes()...), func(s *calendar.Spec) *string { return &s.Country }),
		About:  "Whose public holidays are days off",
		Values: "ISO 3166 code, also of a part: `US`, `DE-BY`, `AU-NSW`; `metronome catalog calendars` lists them",
	},
	{
		Name: "holidays", Implied: "none", Reader: strictyaml.Into(daysType(), func(s *calendar.Spec) *[]time.Time { return &s.Holidays }),
		About: "Days off beside the country's", Values: "dates: `[2026-11-27]`",
	},
	{
		Name: "workdays", Implied: "none", Reader: strictyaml.Into(daysType(), func(s *calendar.Spec) *[]time.Time { return &s.Workdays }),
		About: "Days worked although the country or the weekend says otherwise", Values: "dates",
	},
	{
		Name: "weekend", Implied: "Saturday and Sunday",
		Reader: strictyaml.Into(strictyaml.Set(weekdayType(), 1, 6), func(s *calendar.Spec) *[]time.Weekday { return &s.Weekend }),
		About:  "Days off in every week", Values: "one to six weekdays: `[Friday, Saturday]`",
	},
}

var batchKeys = strictyaml.Keys[Batch]{
	{
		Name: "target", Default: "60s",
		Reader: strictyaml.Into(strictyaml.Span(time.Second, time.Hour), func(b *Batch) *time.Duration { return &b.Target }),
		About:  "How long a batch should keep one worker busy",
	},
}

var beatKeys = strictyaml.Keys[Beat]{
	{
		Name: "min", Default: tempo.DefaultMinBeat.String(), Reader: strictyaml.Into(beatType(), func(b *Beat) *time.Duration { return &b.Min }),
		About: "Shortest wait between two beats",
	},
	{
		Name: "max", Default: tempo.DefaultMaxBeat.String(), Reader: strictyaml.Into(beatType(), func(b *Beat) *time.Duration { return &b.Max }),
		About: "Longest wait between two beats, not below `beat.min`",
	},
}

func rateType() strictyaml.Type[float64] { return strictyaml.Number(minRate, maxRate) }

func burstType() strictyaml.Type[int] { return strictyaml.Int(1, maxBurst) }

func budgetType() strictyaml.Type[int64] { return strictyaml.Int[int64](1, maxBudget) }

func daysType() strictyaml.Type[[]time.Time] { return strictyaml.Set(strictyaml.Day(), 0, 0) }

func beatType() strictyaml.Type[time.Duration] {
	return strictyaml.Span(100*time.Millisecond, time.Hour)
}

func poolType() strictyaml.Type[Pool] { return strictyaml.Then(poolKeys.Type(), completePool) }
