package strictyaml_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

func TestReadReturnsProblemsInTheOrderOfTheirLines(t *testing.T) {
	t.Parallel()
	err := strictyaml.Read("f.yaml", []byte("b: 1\na: x\nc: [1, 2]\n"), failure.Data, func(root strictyaml.Value) {
		root.Entries(func(name string, _, v strictyaml.Value) {
			switch name {
			case "a":
				v.Report("", "second of %d", 3)
			case "b":
				v.ReportSecret("go on", "first")
			default:
				v.Each(func(i int, v strictyaml.Value) {
					if i == 1 {
						v.Report("", "third")
					}
				})
			}
		})
	})
	require.Equal(t, failure.Problems{Class: failure.Data, List: []failure.Problem{
		{File: "f.yaml", Line: 1, Key: "b", Message: "first", Hint: "go on"},
		{File: "f.yaml", Line: 2, Key: "a", Value: "x", Message: "second of 3"},
		{File: "f.yaml", Line: 3, Key: "c[1]", Value: "2", Message: "third"},
	}}, err)
}

// read reads a single value and returns the text of its problem.
func read(text string, reader func(strictyaml.Value)) string {
	err := strictyaml.Read("f", []byte(text), failure.Data, reader)
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), "f:1: ")
}

func TestScalars(t *testing.T) {
	t.Parallel()
	var got any
	text := func(v strictyaml.Value) { got, _ = v.Text() }
	label := func(v strictyaml.Value) { got, _ = v.Label() }
	whole := func(v strictyaml.Value) { got, _ = v.Int(1, 10) }
	number := func(v strictyaml.Value) { got, _ = v.Float(0, 10) }
	truth := func(v strictyaml.Value) { got, _ = v.Bool() }
	span := func(v strictyaml.Value) { got, _ = v.Duration(time.Second, time.Hour) }
	day := func(v strictyaml.Value) { got, _ = v.Date() }
	for i, test := range []struct {
		text string
		read func(strictyaml.Value)
		want any
		bad  string
	}{
		{"a", text, "a", ""},
		{"2026-11-27", text, "2026-11-27", ""},
		{`"12"`, text, "12", ""},
		{"12", text, "", "expected text, found a number (put it in quotes)"},
		{"yes", text, "yes", ""},
		{"true", text, "", "expected text, found a boolean (put it in quotes)"},
		{"~", text, "", "expected text, found nothing"},
		{`""`, text, "", "expected text, found nothing"},
		{"[a]", text, "", "expected text, found a list"},
		{"{a: b}", text, "", "expected text, found a mapping"},
		{"0100", label, "0100", ""},
		{"1_000", label, "1_000", ""},
		{"10", whole, int64(10), ""},
		{"2.0", whole, int64(2), ""},
		{"11", whole, int64(0), "expected 1 to 10"},
		{"0x1", whole, int64(0), "expected a number (digits, like 16 or 0.5)"},
		{"1e400", number, 0.0, "expected a number, found text (write a number without quotes)"},
		{".nan", number, 0.0, "expected a number (digits, like 16 or 0.5)"},
		{"2.5e-1", number, 0.25, ""},
		{"false", truth, false, ""},
		{"TRUE", truth, false, "expected true or false (in lower case)"},
		{"90s", span, 90 * time.Second, ""},
		{"2h", span, time.Duration(0), "expected 1s to 1h"},
		{"soon", span, time.Duration(0), "expected a duration (with its unit, like 90s or 1m30s)"},
		{"2026-02-29", day, time.Time{}, "expected a date, like 2026-11-27"},
		{"2028-02-29", day, time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC), ""},
	} {
		t.Run(strconv.Itoa(i)+" "+test.text, func(t *testing.T) { //nolint:paralleltest // the readers share got
			found := read(test.text, test.read)
			require.Equal(t, test.want, got)
			if quoted := strconv.Quote(test.text) + ": "; test.bad != "" {
				found = strings.TrimPrefix(found, quoted)
			}
			require.Equal(t, test.bad, found)
		})
	}
}

func TestAliasesAreFollowedButNotForever(t *testing.T) {
	t.Parallel()
	var names []string
	require.Empty(t, read("a: &x [one, two]\nb: *x\n", func(v strictyaml.Value) {
		v.Entries(func(_ string, _, v strictyaml.Value) {
			require.True(t, v.IsList())
			v.Each(func(_ int, v strictyaml.Value) {
				name, _ := v.Text()
				names = append(names, name)
			})
		})
	}))
	require.Equal(t, []string{"one", "two", "one", "two"}, names)

	bomb := "a: &a [" + strings.Repeat("x,", 1200) + "]\nb: &b [" + strings.Repeat("*a,", 1200) + "]\n"
	found := read(bomb, func(v strictyaml.Value) {
		v.Entries(func(_ string, _, v strictyaml.Value) {
			v.Each(func(_ int, v strictyaml.Value) {
				if v.IsList() {
					v.Each(func(_ int, v strictyaml.Value) { _, _ = v.Text() })
				}
			})
		})
	})
	require.Contains(t, found, "the file expands to more than 1000000 values (use fewer aliases)")
	require.Len(t, strings.Split(found, "\n"), 1)
}

func TestLongValuesAreShortened(t *testing.T) {
	t.Parallel()
	found := read("["+strings.Repeat("é", 200)+"]", func(v strictyaml.Value) {
		v.Each(func(_ int, v strictyaml.Value) { v.Report("", "too long") })
	})
	require.Contains(t, found, strings.Repeat("é", 120)+"…")
	require.NotContains(t, found, strings.Repeat("é", 121))
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	many := strings.Split("alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec", " ")
	for _, test := range []struct {
		word    string
		options []string
		want    string
	}{
		{"brst", []string{"burst", "provider"}, `did you mean "burst"?`},
		{"BURST", []string{"burst", "provider"}, `did you mean "burst"?`},
		{"usa", []string{"UA", "US"}, `did you mean "US"?`},
		{"colour", []string{"burst", "provider"}, "known: burst, provider"},
		{"x", nil, ""},
		{"zzzzzzzz", many, "known: alpha, bravo, charlie, delta, echo, foxtrot, golf, hotel, india, juliett, kilo, lima, " +
			"mike, november, oscar, papa, …"},
		{strings.Repeat("x", 1000), []string{strings.Repeat("x", 1000) + "y"}, "known: " + strings.Repeat("x", 1000) + "y"},
	} {
		require.Equal(t, test.want, strictyaml.DidYouMean(test.word, test.options))
	}
}
