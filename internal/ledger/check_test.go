package ledger_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func TestCheckTrustsGoodStores(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		require.NoError(t, ledger.Check(t.Context(), l))
		require.NoError(t, ledger.Check(t.Context(), l), "also when it has been here before")
	})
}

func TestCheckRefusesCarelessStores(t *testing.T) {
	t.Parallel()
	for _, l := range []ledger.Ledger{careless{Ledger: ledger.NewMemory(), create: true}, careless{Ledger: ledger.NewMemory()}} {
		err := ledger.Check(t.Context(), l)
		require.Equal(t, failure.Config, failure.ClassOf(err))
		require.ErrorContains(t, err, "ignores the conditions")
		require.Contains(t, failure.HintOf(err), "If-None-Match")
	}
}

func TestCheckReturnsErrorsOfTheLedger(t *testing.T) {
	t.Parallel()
	l, _ := faulty(t, http.MethodPut, "", refuse(http.StatusForbidden, "AccessDenied"))
	err := ledger.Check(t.Context(), l)
	require.Equal(t, failure.Config, failure.ClassOf(err))
	require.Contains(t, failure.HintOf(err), "s3:PutObject")
}

// careless is a store that ignores the conditions of creates, or of swaps.
type careless struct {
	ledger.Ledger
	create bool
}

func (c careless) Create(ctx context.Context, key string, data []byte) (ledger.Version, error) {
	if !c.create {
		return c.Ledger.Create(ctx, key, data)
	}
	return "v", c.Put(ctx, key, data)
}

func (c careless) Swap(ctx context.Context, key string, data []byte, _ ledger.Version) (ledger.Version, error) {
	return "v", c.Put(ctx, key, data)
}
