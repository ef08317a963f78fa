package simulator

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// grants tells how many of n requests at one moment are granted.
func grants(m *meter, now time.Time, n int) int {
	granted := 0
	for range n {
		if m.pace.wait(now, 1) == 0 {
			m.pace.take(now, 1)
			granted++
		}
	}
	return granted
}

func TestBucketGrantsExactly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rate, burst float64
		at          []time.Duration
		granted     []int
	}{
		"burst, then one for each interval": {10, 5,
			[]time.Duration{0, 99 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond}, []int{5, 0, 1, 2}},
		"never more than the burst": {10, 5, []time.Duration{0, time.Hour}, []int{5, 5}},
		"slow":                      {0.5, 1, []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second}, []int{1, 0, 1, 0}},
		"a third of a second":       {3, 1, []time.Duration{0, 333333333, 333333334, time.Second}, []int{1, 0, 1, 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeter(Limit{RequestsPerSecond: tt.rate, Burst: tt.burst})
			for i, at := range tt.at {
				require.Equal(t, tt.granted[i], grants(m, noon.Add(at), 100), "at %s", at)
			}
		})
	}
}

func TestBucketNeverGrantsMoreThanRatePlusBurstInASecond(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		rate, burst := 1+random.Float64()*50, float64(1+random.IntN(20))
		m, now, seen := newMeter(Limit{RequestsPerSecond: rate, Burst: burst}), noon, &slide{}
		for range 2000 {
			now = now.Add(time.Duration(random.Int64N(int64(40 * time.Millisecond))))
			if grants(m, now, 1) == 1 {
				require.LessOrEqual(t, seen.add(now, 1), rate+burst+aBit)
			}
		}
	}
}

func TestBucketSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	m := newMeter(Limit{RequestsPerSecond: 4, Burst: 2})
	require.Equal(t, 2, grants(m, noon, 10))
	require.Equal(t, 250*time.Millisecond, m.pace.wait(noon, 1))
	require.Equal(t, 150*time.Millisecond, m.pace.wait(noon.Add(100*time.Millisecond), 1))
	require.Equal(t, 1, grants(m, noon.Add(250*time.Millisecond), 10))
}

func TestChargedBucketStaysEmptyLongerButNotForEver(t *testing.T) {
	t.Parallel()
	b := &bucket{rate: 10, burst: 10}
	for range 1000 {
		b.charge(noon, 1)
	}
	require.Equal(t, 1100*time.Millisecond, b.wait(noon, 1))
}

func TestWindows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		align   Align
		at      []time.Duration
		granted []int
	}{
		"from the first request": {AlignFirst,
			[]time.Duration{30 * time.Second, 89 * time.Second, 90 * time.Second, 200 * time.Second}, []int{3, 0, 3, 3}},
		"by the clock": {AlignClock,
			[]time.Duration{30 * time.Second, 59 * time.Second, 60 * time.Second, 119 * time.Second}, []int{3, 0, 3, 0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMeter(Limit{Allowance: 3, Per: time.Minute, Align: tt.align})
			for i, at := range tt.at {
				require.Equal(t, tt.granted[i], grants(m, noon.Add(at), 10), "at %s", at)
			}
		})
	}
}

func TestDayCapEndsAtMidnightUTC(t *testing.T) {
	t.Parallel()
	m := newMeter(Limit{Allowance: 1, Per: 24 * time.Hour, Align: AlignClock})
	require.Equal(t, 1, grants(m, noon, 2))
	require.Equal(t, 12*time.Hour, m.pace.wait(noon, 1))
	require.Equal(t, 1, grants(m, noon.Add(12*time.Hour), 2))
}

func TestSlideForgetsWhatIsOneSecondOld(t *testing.T) {
	t.Parallel()
	s := &slide{}
	require.InDelta(t, 1, s.add(noon, 1), 0)
	require.InDelta(t, 2, s.add(noon.Add(999_999_999), 1), 0)
	require.InDelta(t, 2, s.add(noon.Add(time.Second), 1), 0)
	require.InDelta(t, 1, s.add(noon.Add(time.Hour), 1), 0)
}
