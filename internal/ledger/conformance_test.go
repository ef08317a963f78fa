package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func TestDocumentLife(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		const key = "runs/r1/request.json"
		_, _, err := l.Get(ctx, key)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = l.Swap(ctx, key, []byte("x"), "some version")
		require.ErrorIs(t, err, ledger.ErrNotFound)

		created, err := l.Create(ctx, key, []byte("one"))
		require.NoError(t, err)
		_, err = l.Create(ctx, key, []byte("one"))
		require.ErrorIs(t, err, ledger.ErrExists, "creating is for one caller, even with the same bytes")
		data, version, err := l.Get(ctx, key)
		require.NoError(t, err)
		require.Equal(t, "one", string(data))
		require.Equal(t, created, version)

		swapped, err := l.Swap(ctx, key, []byte("two"), version)
		require.NoError(t, err)
		_, err = l.Swap(ctx, key, []byte("three"), version)
		require.ErrorIs(t, err, ledger.ErrConflict)
		_, err = l.Swap(ctx, key, []byte("three"), "")
		require.ErrorIs(t, err, ledger.ErrConflict, "no version is no state")
		again, err := l.Swap(ctx, key, []byte("three"), swapped)
		require.NoError(t, err)

		require.NoError(t, l.Put(ctx, key, []byte("four")))
		_, err = l.Swap(ctx, key, []byte("five"), again)
		require.ErrorIs(t, err, ledger.ErrConflict)
		data, _, err = l.Get(ctx, key)
		require.NoError(t, err)
		require.Equal(t, "four", string(data))

		require.NoError(t, l.Delete(ctx, key))
		require.NoError(t, l.Delete(ctx, key), "deleting again is fine")
		_, _, err = l.Get(ctx, key)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = l.Create(ctx, key, []byte("six"))
		require.NoError(t, err)
	})
}

func TestPutCreatesAndReplaces(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		for _, text := range []string{"first", "second, longer", "3rd"} {
			require.NoError(t, l.Put(ctx, "runs/r1/progress/b1.json", []byte(text)))
			data, _, err := l.Get(ctx, "runs/r1/progress/b1.json")
			require.NoError(t, err)
			require.Equal(t, text, string(data))
		}
	})
}

func TestCallersOwnTheirBytes(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		data := []byte("one")
		_, err := l.Create(ctx, "runs/a", data)
		require.NoError(t, err)
		data[0] = 'X'
		read, _, err := l.Get(ctx, "runs/a")
		require.NoError(t, err)
		read[0] = 'Y'
		read, _, err = l.Get(ctx, "runs/a")
		require.NoError(t, err)
		require.Equal(t, "one", string(read))
	})
}

func TestCreateHasOneWinner(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		for round := range 5 {
			key := fmt.Sprintf("runs/r1/beats/box/%06d.json", round)
			var winners errgroup.Group
			won := make(chan string, 64)
			for i := range 64 {
				winners.Go(func() error {
					text := fmt.Sprintf("writer %d of round %d", i, round)
					_, err := l.Create(t.Context(), key, []byte(text))
					if err == nil {
						won <- text
					}
					if errors.Is(err, ledger.ErrExists) {
						return nil
					}
					return err
				})
			}
			require.NoError(t, winners.Wait())
			require.Len(t, won, 1)
			data, _, err := l.Get(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, <-won, string(data))
		}
	})
}

func TestSwapLosesNoIncrement(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		const writers, each = 16, 8
		require.NoError(t, l.Put(t.Context(), counterKey, []byte("0")))
		var group errgroup.Group
		for range writers {
			group.Go(func() error {
				for range each {
					if err := increment(t.Context(), l); err != nil {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		require.Equal(t, writers*each, counter(t, l))
	})
}

// increment counts one up, as often as it takes.
func increment(ctx context.Context, l ledger.Ledger) error {
	for {
		data, version, err := l.Get(ctx, counterKey)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(data))
		if err != nil {
			return err
		}
		_, err = l.Swap(ctx, counterKey, []byte(strconv.Itoa(n+1)), version)
		if !errors.Is(err, ledger.ErrConflict) {
			return err
		}
	}
}

func TestReadersSeeWholeDocuments(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		const key = "runs/r1/progress/b1.json"
		document := func(i int) []byte { return bytes.Repeat([]byte(strconv.Itoa(i%10)), 1+i*997) }
		require.NoError(t, l.Put(ctx, key, document(0)))
		var readers errgroup.Group
		for range 4 {
			readers.Go(func() error {
				for ctx.Err() == nil {
					data, _, err := l.Get(ctx, key)
					if err != nil && ctx.Err() == nil {
						return err
					}
					if err == nil && (len(data)%997 != 1 || strings.Trim(string(data), string(data[:1])) != "") {
						return fmt.Errorf("torn document of %d bytes", len(data))
					}
				}
				return nil
			})
		}
		for i := range 60 {
			require.NoError(t, l.Put(ctx, key, document(i)))
		}
		cancel()
		require.NoError(t, readers.Wait())
	})
}

func TestOddKeys(t *testing.T) {
	keys := []string{
		"runs/with space/a b.json", "runs/Ärger/Größe.json", "runs/日本/決算.json", "runs/100%/50%25.json", "runs/a+b/c+d.json",
		"runs/#1/#.json", "runs/q?x=1&y=2/z.json", "runs/back\\slash/x", "runs/.dot/..x", "runs/quote\"s'/`x`", "runs/~/x~",
		"runs/=/x", "runs/" + strings.Repeat("l", 255) + "/x", "runs/a:b/c;d", "runs/[x]/{y}", "runs/*/x", "runs/e\u0301/nfd", "runs/\u00e9/nfc",
	}
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		for _, key := range keys {
			_, err := l.Create(ctx, key, []byte(key))
			require.NoError(t, err, key)
		}
		for _, key := range keys {
			data, version, err := l.Get(ctx, key)
			require.NoError(t, err, key)
			require.Equal(t, key, string(data))
			_, err = l.Swap(ctx, key, []byte("swapped"), version)
			require.NoError(t, err, key)
		}
		require.ElementsMatch(t, keys, list(t, l, "runs/"))
		for _, key := range keys {
			require.NoError(t, l.Delete(ctx, key))
		}
		require.Empty(t, list(t, l, ""))
	})
}

func TestBadKeysAreRefused(t *testing.T) {
	keys := []string{
		"", "/", "/abs", "a//b", "a/", "a/./b", "a/../b", "..", ".", ".tmp/x", ".locks/00", "a\x00b", "a\nb", "a\x7fb", "a\xffb",
		"a\u0085b", strings.Repeat("l", 256), strings.Repeat("long/", 200) + "x",
	}
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		for _, key := range keys {
			for method, err := range everyMethod(t.Context(), l, key) {
				require.Equal(t, failure.Data, failure.ClassOf(err), "%s %q: %v", method, key, err)
			}
		}
		for _, prefix := range []string{"runs", "/", "a//", "../", ".tmp/", "a/./"} {
			_, err := l.Children(t.Context(), prefix)
			require.Equal(t, failure.Data, failure.ClassOf(err), "%q", prefix)
			_, err = collect(l.List(t.Context(), prefix))
			require.Equal(t, failure.Data, failure.ClassOf(err), "%q", prefix)
		}
	})
}

func everyMethod(ctx context.Context, l ledger.Ledger, key string) map[string]error {
	_, _, get := l.Get(ctx, key)
	_, create := l.Create(ctx, key, nil)
	_, swap := l.Swap(ctx, key, nil, "v")
	return map[string]error{
		"get": get, "put": l.Put(ctx, key, nil), "create": create, "swap": swap, "delete": l.Delete(ctx, key),
	}
}

func TestOnlyRunStateIsDeleted(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		const key = "entities/acme/2026-12/receipts/upload.json"
		require.NoError(t, l.Put(ctx, key, []byte("kept")))
		require.Equal(t, failure.Data, failure.ClassOf(l.Delete(ctx, key)))
		_, _, err := l.Get(ctx, key)
		require.NoError(t, err)
	})
}

func TestEmptyAndLargeDocuments(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		for name, document := range map[string][]byte{
			"empty": {}, "large": bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16),
		} {
			key := "runs/" + name
			_, err := l.Create(ctx, key, nil)
			require.NoError(t, err)
			data, version, err := l.Get(ctx, key)
			require.NoError(t, err)
			require.Empty(t, data)
			require.NotEmpty(t, version)
			_, err = l.Swap(ctx, key, document, version)
			require.NoError(t, err)
			data, _, err = l.Get(ctx, key)
			require.NoError(t, err)
			require.True(t, bytes.Equal(document, data), name)
		}
	})
}

func TestListing(t *testing.T) {
	keys := []string{ // in lexical order: '-' and '.' sort before '/', '0' after it
		"catalog/entities.jsonl", "entities/acme-us/2026-12/folders.json", "entities/acme-us/2026-12/receipts/folders.json",
		"entities/acme.de/2026-12/folders.json", "entities/acme/2026-11/folders.json", "entities/acme/2026-12/folders.json",
		"entities/acme0/2026-12/folders.json", "entities/index.json", "runs/r1/request.json",
	}
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		ctx := t.Context()
		require.Empty(t, list(t, l, ""), "an empty ledger lists nothing")
		for i := range keys {
			require.NoError(t, l.Put(ctx, keys[len(keys)-1-i], []byte("x")))
		}
		require.Equal(t, keys, list(t, l, ""))
		require.Equal(t, keys[4:6], list(t, l, "entities/acme/"))
		require.Empty(t, list(t, l, "entities/nobody/"))
		require.Empty(t, list(t, l, "entities/index.json/"), "a document is not above anything")

		require.Equal(t, []string{"catalog/", "entities/", "runs/"}, children(t, l, ""))
		require.Equal(t, []string{"acme-us/", "acme.de/", "acme/", "acme0/", "index.json"}, children(t, l, "entities/"))
		require.Equal(t, []string{"folders.json", "receipts/"}, children(t, l, "entities/acme-us/2026-12/"))
		require.Empty(t, children(t, l, "entities/nobody/"))

		for key, err := range l.List(ctx, "") {
			require.NoError(t, err)
			require.Equal(t, keys[0], key, "a listing ends when its reader has enough")
			break
		}
		require.NoError(t, l.Delete(ctx, "runs/r1/request.json"))
		require.Equal(t, []string{"catalog/", "entities/"}, children(t, l, ""), "a folder without documents is none")
	})
}

func TestListingOfManyKeys(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		const many = 1234 // S3 gives at most 1000 a page
		var group errgroup.Group
		group.SetLimit(16)
		var want, wantFolders []string
		for i := range many {
			folder := fmt.Sprintf("%04d", i)
			want, wantFolders = append(want, "runs/"+folder+"/x"), append(wantFolders, folder+"/")
			group.Go(func() error { return l.Put(t.Context(), "runs/"+folder+"/x", nil) })
		}
		require.NoError(t, group.Wait())
		require.Equal(t, want, list(t, l, "runs/"))
		require.Equal(t, wantFolders, children(t, l, "runs/"))
	})
}

func TestCancelledContext(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		require.NoError(t, l.Put(t.Context(), "runs/kept", []byte("x")))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for method, err := range everyMethod(ctx, l, "runs/kept") {
			require.ErrorIs(t, err, context.Canceled, method)
		}
		_, err := l.Children(ctx, "")
		require.ErrorIs(t, err, context.Canceled)
		_, err = collect(l.List(ctx, ""))
		require.ErrorIs(t, err, context.Canceled)
		data, _, err := l.Get(t.Context(), "runs/kept")
		require.NoError(t, err)
		require.Equal(t, "x", string(data))
	})
}

func TestListingEndsWithItsContext(t *testing.T) {
	onEach(t, func(t *testing.T, l ledger.Ledger) {
		for i := range 3 {
			require.NoError(t, l.Put(t.Context(), fmt.Sprintf("runs/%d/x", i), nil))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var seen int
		var failed error
		for _, err := range l.List(ctx, "runs/") {
			seen, failed = seen+1, err
			cancel()
		}
		require.Equal(t, 2, seen, "one key, then the error")
		require.ErrorIs(t, failed, context.Canceled)
	})
}

func list(t *testing.T, l ledger.Ledger, prefix string) []string {
	t.Helper()
	keys, err := collect(l.List(t.Context(), prefix))
	require.NoError(t, err)
	return keys
}

func collect(keys iter.Seq2[string, error]) ([]string, error) {
	var collected []string
	for key, err := range keys {
		if err != nil {
			return collected, err
		}
		collected = append(collected, key)
	}
	return collected, nil
}

func children(t *testing.T, l ledger.Ledger, prefix string) []string {
	t.Helper()
	names, err := l.Children(t.Context(), prefix)
	require.NoError(t, err)
	return names
}
