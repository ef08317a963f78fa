package config_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"metronome/internal/config"
)

// least is a configuration with nothing optional.
const least = "ledger: file:///l\nrclone: r.conf\npools: {box: {provider: box}}\n"

func pool(settings string) string {
	return strings.Replace(least, "provider: box", "provider: box, "+settings, 1)
}

// judged are configurations of which schema and parser say the same.
var judged = []struct {
	name string
	yaml string
	good bool
}{
	{"least", least, true},
	{"full", full, true},
	{"empty object", "{}", false},
	{"a list", "[1]", false},
	{"a text", "hello", false},
	{"null", "null", false},
	{"no ledger", strings.Replace(least, "ledger: file:///l\n", "", 1), false},
	{"no rclone", strings.Replace(least, "rclone: r.conf\n", "", 1), false},
	{"no pools", strings.Replace(least, "pools: {box: {provider: box}}\n", "", 1), false},
	{"empty pools", strings.Replace(least, "{box: {provider: box}}", "{}", 1), false},
	{"pools a list", strings.Replace(least, "{box: {provider: box}}", "[box]", 1), false},
	{"pools null", strings.Replace(least, "{box: {provider: box}}", "", 1), false},
	{"pool null", strings.Replace(least, "{provider: box}", "", 1), false},
	{"unknown key", least + "pool: {}\n", false},
	{"key in capitals", strings.Replace(least, "ledger", "Ledger", 1), false},
	{"ledger a number", strings.Replace(least, "file:///l", "17", 1), false},
	{"ledger http", strings.Replace(least, "file:///l", "http://l", 1), false},
	{"ledger s3", strings.Replace(least, "file:///l", "s3://bucket/prefix?region=eu-central-1&pathStyle=true", 1), true},
	{"ledger relative", strings.Replace(least, "file:///l", "file:l", 1), true},
	{"ledger bare", strings.Replace(least, "file:///l", `"file:"`, 1), false},
	{"rclone empty", strings.Replace(least, "r.conf", `""`, 1), false},
	{"rclone a list", strings.Replace(least, "r.conf", `[r.conf]`, 1), false},
	{"pool name in capitals", strings.Replace(least, "{box:", "{Box:", 1), false},
	{"pool name too long", strings.Replace(least, "{box:", "{"+strings.Repeat("x", 41)+":", 1), false},
	{"pool name longest", strings.Replace(least, "{box:", "{"+strings.Repeat("x", 40)+":", 1), true},
	{"pool name with dash first", strings.Replace(least, "{box:", "{-box:", 1), false},
	{"pool name a number", strings.Replace(least, "{box:", "{1:", 1), true},
	{"no provider", strings.Replace(least, "provider: box", "burst: 1", 1), false},
	{"unknown provider", strings.Replace(least, "provider: box", "provider: boxx", 1), false},
	{"googlecloudstorage", strings.Replace(least, "provider: box", "provider: googlecloudstorage", 1), true},
	{"remote type", pool("remoteType: webdav"), true},
	{"remote type with spaces", pool("remoteType: google cloud storage"), true},
	{"unknown remote type", pool("remoteType: crypt"), false},
	{"unknown key of a pool", pool("requestPerSecond: 1"), false},
	{"rate", pool("requestsPerSecond: 0.5"), true},
	{"rate as exponent", pool("requestsPerSecond: 1.5e1"), true},
	{"rate least", pool("requestsPerSecond: 0.001"), true},
	{"rate zero", pool("requestsPerSecond: 0"), false},
	{"rate negative", pool("requestsPerSecond: -1"), false},
	{"rate too high", pool("requestsPerSecond: 100001"), false},
	{"rate a text", pool(`requestsPerSecond: "16"`), false},
	{"rate null", pool("requestsPerSecond: null"), false},
	{"rate true", pool("requestsPerSecond: true"), false},
	{"burst", pool("burst: 16"), true},
	{"burst zero", pool("burst: 0"), false},
	{"burst fraction", pool("burst: 1.5"), false},
	{"burst whole fraction", pool("burst: 2.0"), true},
	{"burst too high", pool("burst: 100001"), false},
	{"workers", pool("maxWorkers: 1000"), true},
	{"workers zero", pool("maxWorkers: 0"), false},
	{"workers too many", pool("maxWorkers: 1001"), false},
	{"account", pool("account: {requestsPerSecond: 2}"), true},
	{"account with burst", pool("account: {requestsPerSecond: 2, burst: 3}"), true},
	{"account without rate", pool("account: {burst: 3}"), false},
	{"account empty", pool("account: {}"), false},
	{"account a number", pool("account: 2"), false},
	{"account unknown key", pool("account: {requestsPerSecond: 2, workers: 3}"), false},
	{"budget", pool("budget: {day: 1000}"), true},
	{"budget empty", pool("budget: {}"), true},
	{"budget month", pool("budget: {month: 1000000000000}"), true},
	{"budget too high", pool("budget: {month: 1000000000001}"), false},
	{"budget zero", pool("budget: {day: 0}"), false},
	{"budget week", pool("budget: {week: 1}"), false},
	{"serial", pool("serialWrites: true"), true},
	{"serial a text", pool(`serialWrites: "true"`), false},
	{"serial yes", pool("serialWrites: yes"), false},
	{"calendars empty", least + "calendars: {}", true},
	{"calendar empty", least + "calendars: {own: {}}", true},
	{"calendar", least + "calendars: {US: {country: US, holidays: [2026-11-27], workdays: [2026-11-28], weekend: [Friday]}}", true},
	{"calendar quoted day", least + `calendars: {US: {holidays: ["2026-11-27"]}}`, true},
	{"calendar name", least + "calendars: {'a b': {}}", false},
	{"calendar unknown key", least + "calendars: {US: {holiday: []}}", false},
	{"calendar unknown country", least + "calendars: {US: {country: XX}}", false},
	{"calendar bad day", least + "calendars: {US: {holidays: [2026-02-30]}}", false},
	{"calendar day and time", least + "calendars: {US: {holidays: [2026-02-20T10:00:00Z]}}", false},
	{"calendar day twice", least + "calendars: {US: {holidays: [2026-02-20, 2026-02-20]}}", false},
	{"calendar day short", least + "calendars: {US: {holidays: [2026-2-3]}}", false},
	{"calendar holidays a day", least + "calendars: {US: {holidays: 2026-02-20}}", false},
	{"calendar no weekend", least + "calendars: {US: {weekend: []}}", false},
	{"calendar unknown weekday", least + "calendars: {US: {weekend: [Fri]}}", false},
	{"calendar weekday twice", least + "calendars: {US: {weekend: [Friday, Friday]}}", false},
	{"calendar all weekend", least +
		"calendars: {US: {weekend: [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]}}", false},
	{"batch", least + "batch: {target: 1m30s}", true},
	{"batch empty", least + "batch: {}", true},
	{"batch a number", least + "batch: {target: 60}", false},
	{"batch no unit", least + `batch: {target: "60"}`, false},
	{"batch negative", least + "batch: {target: -60s}", false},
	{"batch fraction", least + "batch: {target: 1.5m}", true},
	{"batch unknown unit", least + "batch: {target: 1d}", false},
	{"batch null", least + "batch:", false},
	{"beat", least + "beat: {min: 100ms, max: 1h}", true},
	{"beat unknown key", least + "beat: {mean: 1s}", false},
}

func TestSchemaAndParserAgree(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	for _, test := range judged {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, parserError := config.Parse("metronome.yaml", []byte(test.yaml))
			schemaError := compiled.Validate(asJSON(t, test.yaml))
			require.Equal(t, test.good, parserError == nil, "parser: %v", parserError)
			require.Equal(t, test.good, schemaError == nil, "schema: %v", schemaError)
		})
	}
}

// What a schema cannot say, the parser does.
func TestParserChecksMoreThanSchema(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	for name, text := range map[string]string{
		"target too long":     least + "batch: {target: 2h}",
		"beat too short":      least + "beat: {min: 1ms}",
		"beat upside down":    least + "beat: {min: 10s, max: 1s}",
		"bucket":              strings.Replace(least, "file:///l", "s3://B_/x", 1),
		"ledger option":       strings.Replace(least, "file:///l", "s3://bucket/x?regin=x", 1),
		"holiday and workday": least + "calendars: {US: {holidays: [2026-02-20], workdays: [2026-02-20]}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse("metronome.yaml", []byte(text))
			require.Error(t, err)
			require.NoError(t, compiled.Validate(asJSON(t, text)))
		})
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("metronome.json", document))
	compiled, err := compiler.Compile("metronome.json")
	require.NoError(t, err)
	return compiled
}

// asJSON returns what an editor's YAML 1.2 reader makes of a file: dates are texts.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &root))
	encoded, err := json.Marshal(plain(t, root.Content[0]))
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	require.NoError(t, err)
	return value
}

func plain(t *testing.T, node *yaml.Node) any {
	t.Helper()
	switch {
	case node.Kind == yaml.MappingNode:
		made := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			made[node.Content[i].Value] = plain(t, node.Content[i+1])
		}
		return made
	case node.Kind == yaml.SequenceNode:
		made := make([]any, len(node.Content))
		for i, item := range node.Content {
			made[i] = plain(t, item)
		}
		return made
	case node.ShortTag() == "!!timestamp":
		return node.Value
	case node.ShortTag() == "!!float":
		return json.RawMessage(node.Value)
	}
	var value any
	require.NoError(t, node.Decode(&value), node.Value)
	return value
}
