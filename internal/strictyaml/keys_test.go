package strictyaml_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

type server struct {
	Name    string
	Ports   []int
	Timeout time.Duration
	Limit   limit
	Owners  map[string]string
}

type limit struct {
	Low, High float64
	Strict    bool
}

var limitKeys = strictyaml.Keys[limit]{
	{Name: "low", Default: "0.5", Reader: strictyaml.StoreInto(strictyaml.Number(0, 10), func(l *limit) *float64 { return &l.Low })},
	{Name: "high", Required: true, Reader: strictyaml.StoreInto(strictyaml.Number(0, 10), func(l *limit) *float64 { return &l.High })},
	{Name: "strict", Default: "true", Reader: strictyaml.StoreInto(strictyaml.Boolean(), func(l *limit) *bool { return &l.Strict })},
}

func ordered(v strictyaml.Value, l limit) (limit, bool) {
	if l.Low > l.High {
		v.Report("", "low is above high")
		return l, false
	}
	return l, true
}

var owners = strictyaml.Map(strictyaml.Names{
	Pattern: regexp.MustCompile("^[a-z]+$"), Hint: "a-z", Message: "not a team",
}, strictyaml.String(), 1)

var serverKeys = strictyaml.Keys[server]{
	{
		Name: "name", Required: true, Summary: "What it is `called`",
		Reader: strictyaml.StoreInto(strictyaml.Enum("a", "b"), func(s *server) *string { return &s.Name }),
	},
	{
		Name: "ports", DefaultText: "`none`", Summary: "Where it listens",
		Reader: strictyaml.StoreInto(strictyaml.Set(strictyaml.Int(1, 9), 2, 3), func(s *server) *[]int { return &s.Ports }),
	},
	{
		Name: "timeout", Default: "90s", Summary: "How long",
		Reader: strictyaml.StoreInto(strictyaml.Span(time.Second, 90*time.Minute), func(s *server) *time.Duration { return &s.Timeout }),
	},
	{Name: "limit", Reader: strictyaml.StoreInto(strictyaml.AndThen(limitKeys.Type(), ordered), func(s *server) *limit { return &s.Limit })},
	{Name: "owners", Reader: strictyaml.StoreInto(owners, func(s *server) *map[string]string { return &s.Owners })},
}

func readServer(text string) (server, error) {
	var s server
	err := strictyaml.Read("f", []byte(text), failure.Data, func(root strictyaml.Value) { serverKeys.Read(root, &s) })
	return s, err
}

func TestKeysReadValuesAndDefaults(t *testing.T) {
	t.Parallel()
	got, err := readServer("name: a\nports: [3, 1]\nlimit: {high: 2}\nowners: {x: y}\n")
	require.NoError(t, err)
	require.Equal(t, server{
		Name: "a", Ports: []int{3, 1}, Timeout: 90 * time.Second, Limit: limit{Low: 0.5, High: 2, Strict: true},
		Owners: map[string]string{"x": "y"},
	}, got)
	got, err = readServer("name: b\n")
	require.NoError(t, err)
	require.Equal(t, server{Name: "b", Timeout: 90 * time.Second}, got)
}

func TestKeysReportProblems(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"nam: a\n":                            {`f:1: nam: unknown key (did you mean "name"?)`, "f:1: name: missing"},
		"name: a\nname: b\n":                  {"f:2: name: duplicate key (keep one of them)"},
		"name: c\n":                           {`f:1: name "c": expected one of a, b (did you mean "a"?)`},
		"name: a\nports: []\n":                {"f:2: ports: the list is empty"},
		"name: a\nports: [1]\n":               {"f:2: ports: expected at least 2 values"},
		"name: a\nports: [1, 2, 3, 4]\n":      {"f:2: ports: expected at most 3 values"},
		"name: a\nports: [1, 1, x]\n":         {`f:2: ports[1] "1": duplicate value (keep one of them)`, `f:2: ports[2] "x": expected a number, found text (write a number without quotes)`},
		"name: a\ntimeout: 2h\n":              {`f:2: timeout "2h": expected 1s to 1h30m`},
		"name: a\nlimit: {}\n":                {"f:2: limit.high: missing"},
		"name: a\nlimit: {low: 3, high: 2}\n": {"f:2: limit: low is above high"},
		"name: a\nlimit: {low: x, high: 0}\n": {`f:2: limit.low "x": expected a number, found text (write a number without quotes)`},
		"name: a\nowners: {}\n":               {"f:2: owners: the mapping is empty"},
		"name: a\nowners: {A: y}\n":           {"f:2: owners.A: not a team (a-z)"},
		"[]\n":                                {"f:1: expected a mapping of keys to values, found a list"},
	} {
		_, err := readServer(text)
		require.EqualError(t, err, strings.Join(want, "\n"), text)
	}
}

func TestSchemaOfKeys(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{
		"type": "object", "additionalProperties": false, "required": ["name"],
		"properties": {
			"name": {"description": "What it is called", "enum": ["a", "b"]},
			"ports": {
				"description": "Where it listens. Default: none", "type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 3,
				"items": {"type": "integer", "minimum": 1, "maximum": 9}
			},
			"timeout": {
				"description": "How long: 1s to 1h30m", "type": "string", "default": "90s",
				"pattern": "^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*$"
			},
			"limit": {
				"type": "object", "additionalProperties": false, "required": ["high"],
				"properties": {
					"low": {"type": "number", "minimum": 0, "maximum": 10, "default": 0.5},
					"high": {"type": "number", "minimum": 0, "maximum": 10},
					"strict": {"type": "boolean", "default": true}
				}
			},
			"owners": {
				"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "minProperties": 1,
				"additionalProperties": {"type": "string", "minLength": 1}
			}
		}
	}`, string(serverKeys.Schema().JSON()))
	require.Less(t, strings.Index(string(serverKeys.Schema().JSON()), `"name"`), strings.Index(string(serverKeys.Schema().JSON()), `"limit"`))
}
