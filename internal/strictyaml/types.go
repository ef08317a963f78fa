package strictyaml

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Type says how values of one Go type are written: how they are read, and what their schema is.
type Type[V any] struct {
	Schema Schema
	Read   func(Value) (V, bool) // false where it reported a problem
}

// AndThen is a type whose values are made of another's. The function may report problems with the Value.
func AndThen[A, B any](t Type[A], convert func(Value, A) (B, bool)) Type[B] {
	return Type[B]{Schema: t.Schema, Read: func(v Value) (B, bool) {
		read, ok := t.Read(v)
		if !ok {
			var none B
			return none, false
		}
		return convert(v, read)
	}}
}

// String is text that is not empty.
func String() Type[string] {
	return Type[string]{Schema: Schema{Type: "string", MinLength: 1, Values: "text"}, Read: Value.Text}
}

// Enum is one of some texts.
func Enum[S ~string](options ...S) Type[S] {
	texts := make([]string, len(options))
	for i, option := range options {
		texts[i] = string(option)
	}
	return Type[S]{
		Schema: Schema{Enum: texts, Values: "`" + strings.Join(texts, "`, `") + "`"},
		Read: func(v Value) (S, bool) {
			text, ok := v.OneOf(texts...)
			return S(text), ok
		},
	}
}

// Number is a number within bounds.
func Number(least, most float64) Type[float64] {
	return Type[float64]{
		Schema: Schema{Type: "number", Minimum: &least, Maximum: &most, Values: format(least) + " to " + format(most)},
		Read:   func(v Value) (float64, bool) { return v.Float(least, most) },
	}
}

// Int is a whole number within bounds, both below 2^53.
func Int[N ~int | ~int64](least, most N) Type[N] {
	schema := Number(float64(least), float64(most)).Schema
	schema.Type = "integer"
	return Type[N]{Schema: schema, Read: func(v Value) (N, bool) {
		value, ok := v.Int(int64(least), int64(most))
		return N(value), ok
	}}
}

// Boolean is true or false.
func Boolean() Type[bool] {
	return Type[bool]{Schema: Schema{Type: "boolean", Values: "`true` or `false`"}, Read: Value.Bool}
}

// durationPattern is that of time.ParseDuration without a sign.
const durationPattern = `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*$`

// Span is a duration within bounds, both positive.
func Span(least, most time.Duration) Type[time.Duration] {
	return Type[time.Duration]{
		Schema: Schema{Type: "string", Pattern: durationPattern, Values: short(least) + " to " + short(most), unsaid: true},
		Read:   func(v Value) (time.Duration, bool) { return v.Duration(least, most) },
	}
}

// Day is a calendar day; it comes back as midnight UTC.
func Day() Type[time.Time] {
	return Type[time.Time]{
		Schema: Schema{Type: "string", Format: "date", Pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", Values: "date"},
		Read:   Value.Date,
	}
}

// Set is a list of least to most values (0: any number) of which no two are equal.
func Set[V comparable](item Type[V], least, most int) Type[[]V] {
	return Type[[]V]{
		Schema: Schema{Type: "array", Items: &item.Schema, UniqueItems: true, MinItems: least, MaxItems: most, Values: "list"},
		Read: func(v Value) ([]V, bool) {
			var values []V
			n := v.Problems()
			v.Each(func(_ int, v Value) {
				switch value, ok := item.Read(v); {
				case !ok:
				case slices.Contains(values, value):
					v.Report("keep one of them", "duplicate value")
				default:
					values = append(values, value)
				}
			})
			switch {
			case v.Problems() > n:
			case len(values) < least && len(values) == 0:
				v.Report("", "the list is empty")
			case len(values) < least:
				v.Report("", "expected at least %d values", least)
			case most > 0 && len(values) > most:
				v.Report("", "expected at most %d values", most)
			}
			return values, v.Problems() == n
		},
	}
}

// Names says how the keys of a mapping are written that the user chooses.
type Names struct {
	Pattern *regexp.Regexp
	Hint    string // the pattern in words
	Message string // what is said of a bad name
}

// Map is a mapping with keys that the user chooses, of at least so many.
func Map[V any](names Names, value Type[V], least int) Type[map[string]V] {
	return Type[map[string]V]{
		Schema: Schema{
			Type: "object", PropertyNames: &Schema{Pattern: names.Pattern.String()}, MinProperties: least,
			AdditionalProperties: &value.Schema, Values: "mapping of names",
		},
		Read: func(v Value) (map[string]V, bool) {
			n := v.Problems()
			values := map[string]V{}
			v.Entries(func(name string, at, v Value) {
				if !names.Pattern.MatchString(name) {
					at.Report(names.Hint, "%s", names.Message)
				}
				values[name], _ = value.Read(v)
			})
			if v.Problems() == n && len(values) < least {
				v.Report("", "the mapping is empty")
			}
			return values, v.Problems() == n
		},
	}
}

// short writes a duration without units of which there are none.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
