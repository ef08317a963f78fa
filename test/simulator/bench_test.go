package simulator_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/test/simulator"
)

func BenchmarkUploads(b *testing.B) {
	s := simulator.Start(b, simulator.Profile{Providers: []simulator.Provider{{
		Name: "dav", Kind: simulator.KindWebDAV, Limits: []simulator.Limit{{RequestsPerSecond: 1e6}},
	}}})
	body := strings.Repeat("x", 4096)
	var n atomic.Int64
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			got, err := try("PUT", fmt.Sprintf("%s/%d", s.URL("dav"), n.Add(1)), body)
			require.NoError(b, err)
			require.Equal(b, 201, got.status)
		}
	})
}
