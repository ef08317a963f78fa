package ledger_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

type note struct {
	Version int    `json:"version,omitempty"`
	Text    string `json:"text"`
	Count   int    `json:"count"`
}

type laterNote struct{ note }

func (*laterNote) KnownVersion() int { return 3 }

func TestJSONIsForPeople(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	_, err := ledger.CreateJSON(t.Context(), l, "runs/a", note{Text: "Müller & <Söhne>"})
	require.NoError(t, err)
	data, version, err := l.Get(t.Context(), "runs/a")
	require.NoError(t, err)
	lines := strings.Split(string(data), "\n")
	require.Equal(t, []string{"{", `  "text": "Müller & <Söhne>",`, `  "count": 0`, "}", ""}, lines)

	version, err = ledger.SwapJSON(t.Context(), l, "runs/a", note{Text: "two"}, version)
	require.NoError(t, err)
	value, read, err := ledger.ReadJSON[note](t.Context(), l, "runs/a")
	require.NoError(t, err)
	require.Equal(t, note{Text: "two"}, value)
	require.Equal(t, version, read)
	require.NoError(t, ledger.PutJSON(t.Context(), l, "runs/a", note{Text: "three"}))
	_, err = ledger.SwapJSON(t.Context(), l, "runs/a", note{}, version)
	require.ErrorIs(t, err, ledger.ErrConflict)
	_, err = ledger.CreateJSON(t.Context(), l, "runs/a", note{})
	require.ErrorIs(t, err, ledger.ErrExists)
	_, _, err = ledger.ReadJSON[note](t.Context(), l, "runs/none")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func TestWhatJSONCannotSayIsNotWritten(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	require.Error(t, ledger.PutJSON(t.Context(), l, "runs/a", math.NaN()))
	_, err := ledger.CreateJSON(t.Context(), l, "runs/a", math.NaN())
	require.Error(t, err)
	_, err = ledger.SwapJSON(t.Context(), l, "runs/a", math.NaN(), "v")
	require.Error(t, err)
	require.Empty(t, list(t, l, ""))
}

func TestFormatVersions(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	ctx := t.Context()
	for text, ok := range map[string]bool{
		`{"text":"x"}`: true, `{"version":1,"text":"x"}`: true, `{"version":1,"text":"x","more":2}`: true,
		`{"version":2,"text":"x"}`: false, `{"version":`: false, `[]`: false, ``: false, `{"text":5}`: false,
	} {
		require.NoError(t, l.Put(ctx, "runs/a", []byte(text)))
		_, _, err := ledger.ReadJSON[note](ctx, l, "runs/a")
		if ok {
			require.NoError(t, err, text)
			continue
		}
		require.Equal(t, failure.Data, failure.ClassOf(err), text)
		require.ErrorContains(t, err, "runs/a")
	}
	require.NoError(t, l.Put(ctx, "runs/a", []byte(`{"version":3,"text":"x"}`)))
	later, _, err := ledger.ReadJSON[laterNote](ctx, l, "runs/a")
	require.NoError(t, err)
	require.Equal(t, "x", later.Text)
	require.NoError(t, l.Put(ctx, "runs/a", []byte(`{"version":4,"text":"x"}`)))
	_, _, err = ledger.ReadJSON[laterNote](ctx, l, "runs/a")
	require.ErrorContains(t, err, "format versions up to 3 are known")
	list, _, err := ledger.ReadJSON[[]int](ctx, putText(t, "[1,2]"), "runs/list")
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, list)
}

func putText(t *testing.T, text string) ledger.Ledger {
	t.Helper()
	l := ledger.NewMemory()
	require.NoError(t, l.Put(t.Context(), "runs/list", []byte(text)))
	return l
}

func TestUpdateLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		const writers = 16
		var group errgroup.Group
		for range writers {
			group.Go(func() error {
				_, err := ledger.Update(t.Context(), l, "pools/box/tempo.json", func(n note, _ bool) (note, error) {
					n.Count++
					return n, nil
				})
				return err
			})
		}
		require.NoError(t, group.Wait())
		n, _, err := ledger.ReadJSON[note](t.Context(), l, "pools/box/tempo.json")
		require.NoError(t, err)
		require.Equal(t, writers, n.Count)
	})
}

func TestUpdateTellsWhetherThereIsADocument(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	for i, want := range []bool{false, true, true} {
		n, err := ledger.Update(t.Context(), l, "runs/a", func(n note, exists bool) (note, error) {
			require.Equal(t, want, exists)
			n.Count++
			return n, nil
		})
		require.NoError(t, err)
		require.Equal(t, i+1, n.Count)
	}
}

func TestUpdateEnds(t *testing.T) {
	t.Parallel()
	keep := func(n note, _ bool) (note, error) { return n, nil }

	t.Run("with the error of change, whatever it is", func(t *testing.T) {
		t.Parallel()
		for _, want := range []error{errors.New("no"), ledger.ErrConflict, ledger.ErrNotFound, ledger.ErrExists} {
			l := ledger.NewMemory()
			_, err := ledger.Update(t.Context(), l, "runs/a", func(n note, _ bool) (note, error) { return n, want })
			require.Equal(t, want, err)
			require.Empty(t, list(t, l, ""))
		}
	})
	t.Run("without writing what did not change", func(t *testing.T) {
		t.Parallel()
		l := ledger.NewMemory()
		require.NoError(t, ledger.PutJSON(t.Context(), l, "runs/a", note{Text: "x"}))
		n, err := ledger.Update(t.Context(), refusing{Ledger: l}, "runs/a", keep)
		require.NoError(t, err)
		require.Equal(t, "x", n.Text)
	})
	t.Run("when its context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := ledger.Update(ctx, refusing{ledger.NewMemory(), ledger.ErrExists}, "runs/a",
			func(n note, _ bool) (note, error) { cancel(); return n, nil })
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("with a failure of the ledger", func(t *testing.T) {
		t.Parallel()
		_, err := ledger.Update(t.Context(), refusing{ledger.NewMemory(), context.DeadlineExceeded}, "runs/a", keep)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("on a document that it does not understand", func(t *testing.T) {
		t.Parallel()
		_, err := ledger.Update(t.Context(), putText(t, `{"version":9}`), "runs/list", keep)
		require.Equal(t, failure.Data, failure.ClassOf(err))
	})
}

// refusing is a ledger whose conditional writes fail.
type refusing struct {
	ledger.Ledger
	err error
}

func (r refusing) Create(context.Context, string, []byte) (ledger.Version, error) { return "", r.err }

func (r refusing) Swap(context.Context, string, []byte, ledger.Version) (ledger.Version, error) {
	return "", r.err
}

func TestDocumentsThatNeedNotBeThere(t *testing.T) {
	t.Parallel()
	l := ledger.NewMemory()
	none, err := ledger.ReadOptionalJSON[note](t.Context(), l, "runs/a")
	require.NoError(t, err)
	require.Nil(t, none)
	for _, offered := range []string{"first", "second"} {
		kept, err := ledger.CreateOrReadJSON(t.Context(), l, "runs/a", note{Text: offered})
		require.NoError(t, err)
		require.Equal(t, note{Text: "first"}, kept, "what is there is never replaced")
	}
	one, err := ledger.ReadOptionalJSON[note](t.Context(), l, "runs/a")
	require.NoError(t, err)
	require.Equal(t, &note{Text: "first"}, one)

	require.NoError(t, l.Put(t.Context(), "runs/b", []byte("not JSON")))
	_, err = ledger.ReadOptionalJSON[note](t.Context(), l, "runs/b")
	require.Equal(t, failure.Data, failure.ClassOf(err))
	_, err = ledger.CreateOrReadJSON(t.Context(), l, "runs/b", note{})
	require.Equal(t, failure.Data, failure.ClassOf(err))
}
