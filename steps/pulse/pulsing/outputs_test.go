package pulsing

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestWaitIsWholeSecondsAndNeverNone(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]int64{
		0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, 30 * time.Second: 30,
	} {
		require.Equal(t, want, waitSeconds(wait), wait)
	}
}

func TestBehind(t *testing.T) {
	t.Parallel()
	due := time.Date(2027, 1, 5, 0, 0, 0, 0, time.UTC)
	require.EqualValues(t, -3600, behind(due.Add(-time.Hour), due))
	require.EqualValues(t, 60, behind(due.Add(time.Minute), due))
	require.Zero(t, behind(time.Time{}, due), "the end is not known")
	require.Zero(t, behind(due, time.Time{}), "nothing is due")
}

func TestShortened(t *testing.T) {
	t.Parallel()
	require.Equal(t, "rate 12/s", shortened("rate 12/s"))
	long := shortened(strings.Repeat("→", 200))
	require.Equal(t, summaryLength, utf8.RuneCountInString(long))
	require.True(t, strings.HasSuffix(long, "→…"))
}
