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
		Name: "ledger", Required: true, Reader: strictyaml.StoreInto(ledgerURL(), func(c *Config) *ledger.Location { return &c.Ledger }),
		Summary: "The store of catalog, run state and period content: file:///folder, file:folder (beside this file) or " +
			"s3://bucket/prefix?region=..&endpoint=..&pathStyle=true&profile=..",
		Values: "URL of a folder or an S3 bucket",
	},
	{
		Name: "rclone", Required: true, Reader: strictyaml.StoreInto(strictyaml.String(), func(c *Config) *string { return &c.Rclone }),
		Summary: "Path of the rclone configuration, relative to this file", Values: "path",
	},
	{
		Name: "pools", Required: true,
		Reader:  strictyaml.StoreInto(strictyaml.Map(poolNames, poolType(), 1), func(c *Config) *map[string]Pool { return &c.Pools }),
		Summary: "Quota domains by name", Values: "at least one pool, by name",
	},
	{
		Name: "calendars", Default: "{}",
		Reader: strictyaml.StoreInto(strictyaml.Map(calendarNames, calendarType(), 0),
			func(c *Config) *map[string]calendar.Spec { return &c.Calendars }),
		Summary: "Working days by name; entities may also name a bare country code", Values: "calendars by name",
	},
	{
		Name: "batch", Default: "{}", Reader: strictyaml.StoreInto(batchKeys.Type(), func(c *Config) *Batch { return &c.Batch }),
		Summary: "How batches are packed",
	},
	{
		Name: "beat", Default: "{}",
		Reader:  strictyaml.StoreInto(strictyaml.AndThen(beatKeys.Type(), orderedBeat), func(c *Config) *Beat { return &c.Beat }),
		Summary: "Bounds of the wait between two beats",
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
		Reader:  strictyaml.StoreInto(strictyaml.Enum(kind.Names()...), func(p *pool) *kind.Name { return &p.Provider }),
		Summary: "Whose storage it is; the table below says what that decides", Values: "one of the table below",
	},
	{
		Name: "remoteType", DefaultText: "one by which `provider` is reached",
		Reader:  strictyaml.StoreInto(strictyaml.Enum(kind.RemoteTypes()...), func(p *pool) *string { return &p.RemoteType }),
		Summary: "The rclone type of the pool's remotes, where they do not reach the provider itself", Values: "one of the rclone types above",
	},
	{
		Name: "requestsPerSecond", DefaultText: "unknown: the pool starts slowly and finds it",
		Reader:  strictyaml.StoreInto(rateType(), func(p *pool) *float64 { return &p.RequestsPerSecond }),
		Summary: "The provider's limit",
	},
	{
		Name: "burst", DefaultText: "a quarter of `requestsPerSecond`, at least 1; without a rate, no bound",
		Reader:  strictyaml.StoreInto(burstType(), func(p *pool) *int { return &p.Burst }),
		Summary: "Requests that may come at once; every worker needs one, so it also limits their number",
	},
	{
		Name: "maxWorkers", Default: "4",
		Reader:  strictyaml.StoreInto(strictyaml.Int(1, maxWorkers), func(p *pool) *int { return &p.MaxWorkers }),
		Summary: "Most workers at a time",
	},
	{
		Name: "account", DefaultText: "no limit",
		Reader:  strictyaml.StoreInto(accountKeys.Type(), func(p *pool) *Limit { return &p.Account }),
		Summary: "Each account's own limit",
	},
	{
		Name: "budget", Default: "{}", Reader: strictyaml.StoreInto(budgetKeys.Type(), func(p *pool) *Budget { return &p.Budget }),
		Summary: "Requests per UTC day and UTC month",
	},
	{
		Name: "serialWrites", DefaultText: "as the provider asks, see the table below",
		Reader:  strictyaml.StoreInto(strictyaml.AndThen(strictyaml.Boolean(), pointer), func(p *pool) **bool { return &p.serialWrites }),
		Summary: "One request at a time per account",
	},
}

var accountKeys = strictyaml.Keys[Limit]{
	{
		Name: "requestsPerSecond", Required: true, Reader: strictyaml.StoreInto(rateType(), func(l *Limit) *float64 { return &l.RequestsPerSecond }),
		Summary: "Each account's own limit",
	},
	{
		Name: "burst", Default: "1", Reader: strictyaml.StoreInto(burstType(), func(l *Limit) *int { return &l.Burst }),
		Summary: "Requests of one account that may come at once",
	},
}

var budgetKeys = strictyaml.Keys[Budget]{
	{
		Name: "day", DefaultText: "no bound", Reader: strictyaml.StoreInto(budgetType(), func(b *Budget) *int64 { return &b.Day }),
		Summary: "Requests per day, reset at midnight UTC",
	},
	{
		Name: "month", DefaultText: "no bound", Reader: strictyaml.StoreInto(budgetType(), func(b *Budget) *int64 { return &b.Month }),
		Summary: "Requests per calendar month, in UTC",
	},
}

var calendarKeys = strictyaml.Keys[calendar.Spec]{
	{
		Name: "country", DefaultText: "no holidays, weekends only",
		Reader:  strictyaml.StoreInto(strictyaml.Enum(calendar.HolidayCodes()...), func(s *calendar.Spec) *string { return &s.Country }),
		Summary: "Whose public holidays are days off",
		Values:  "ISO 3166 code, also of a part: `US`, `DE-BY`, `AU-NSW`; `metronome catalog calendars` lists them",
	},
	{
		Name: "holidays", DefaultText: "none", Reader: strictyaml.StoreInto(daysType(), func(s *calendar.Spec) *[]time.Time { return &s.Holidays }),
		Summary: "Days off beside the country's", Values: "dates: `[2026-11-27]`",
	},
	{
		Name: "workdays", DefaultText: "none", Reader: strictyaml.StoreInto(daysType(), func(s *calendar.Spec) *[]time.Time { return &s.Workdays }),
		Summary: "Days worked although the country or the weekend says otherwise", Values: "dates",
	},
	{
		Name: "weekend", DefaultText: "Saturday and Sunday",
		Reader:  strictyaml.StoreInto(strictyaml.Set(weekdayType(), 1, 6), func(s *calendar.Spec) *[]time.Weekday { return &s.Weekend }),
		Summary: "Days off in every week", Values: "one to six weekdays: `[Friday, Saturday]`",
	},
}

var batchKeys = strictyaml.Keys[Batch]{
	{
		Name: "target", Default: "60s",
		Reader:  strictyaml.StoreInto(strictyaml.Span(time.Second, time.Hour), func(b *Batch) *time.Duration { return &b.Target }),
		Summary: "How long a batch should keep one worker busy",
	},
}

var beatKeys = strictyaml.Keys[Beat]{
	{
		Name: "min", Default: tempo.DefaultMinBeat.String(), Reader: strictyaml.StoreInto(beatType(), func(b *Beat) *time.Duration { return &b.Min }),
		Summary: "Shortest wait between two beats",
	},
	{
		Name: "max", Default: tempo.DefaultMaxBeat.String(), Reader: strictyaml.StoreInto(beatType(), func(b *Beat) *time.Duration { return &b.Max }),
		Summary: "Longest wait between two beats, not below `beat.min`",
	},
}

func rateType() strictyaml.Type[float64] { return strictyaml.Number(minRate, maxRate) }

func burstType() strictyaml.Type[int] { return strictyaml.Int(1, maxBurst) }

func budgetType() strictyaml.Type[int64] { return strictyaml.Int[int64](1, maxBudget) }

func daysType() strictyaml.Type[[]time.Time] { return strictyaml.Set(strictyaml.Day(), 0, 0) }

func beatType() strictyaml.Type[time.Duration] {
	return strictyaml.Span(100*time.Millisecond, time.Hour)
}

func poolType() strictyaml.Type[Pool] { return strictyaml.AndThen(poolKeys.Type(), completePool) }
