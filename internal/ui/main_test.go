package ui_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the moments shown are local ones
	os.Exit(m.Run())
}

// requireOutput compares all that is printed, and checks that it fits a terminal of 80 columns.
func requireOutput(t *testing.T, expected string, write func(out io.Writer)) {
	t.Helper()
	out := printed(write)
	require.Equal(t, strings.TrimPrefix(expected, "\n"), out)
	for line := range strings.Lines(out) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
	}
}

// printed is what a function prints.
func printed(write func(out io.Writer)) string {
	var out bytes.Buffer
	write(&out)
	return out.String()
}

// morning is the moment at which the tests' runs start.
var morning = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)

const runID = "2026-12-20261201t060000z-1f3a"
