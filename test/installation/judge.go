package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/stage"
	"metronome/test/simulator"
)

// RequireReplicated judges by the storage itself that every entity has its period: each planned folder and file there
// once, byte for byte, and nothing else below the period's root.
func (i *Installation) RequireReplicated(t testing.TB, p period.Period) {
	t.Helper()
	stores := map[string]simulator.Snapshot{}
	for _, pool := range i.Simulator.Providers() {
		files, err := i.Simulator.Files(pool)
		require.NoError(t, err)
		stores[pool] = files
	}
	i.RequireStored(t, p, stores)
}

// RequireStored judges by what each pool's provider holds.
func (i *Installation) RequireStored(t testing.TB, p period.Period, stores map[string]simulator.Snapshot) {
	t.Helper()
	for _, e := range i.Entities {
		expected, root := i.Expected(t, e, p)
		require.Equal(t, expected, below(stores[e.Pool], Place(e), root), "what entity %s has at %s", e.ID, e.Pool)
	}
}

// Place is where an entity's files lie in its provider's storage, with a slash at the end.
func Place(e entity.Entity) string {
	_, path, _ := strings.Cut(e.Remote, ":")
	return strings.Trim(path, "/") + "/"
}

// below returns the part of a snapshot under an entity's root, by path relative to the entity.
func below(all simulator.Snapshot, place, root string) map[string]string {
	found := map[string]string{}
	for name, hash := range all {
		relative, inside := strings.CutPrefix(name, place)
		if inside && strings.HasPrefix(relative, root+"/") && relative != root+"/" {
			found[relative] = hash
		}
	}
	return found
}

// Expected returns what an entity should have below its period's root: SHA-256 by path, "" for folders, which end in a slash.
func (i *Installation) Expected(t testing.TB, e entity.Entity, p period.Period) (expected map[string]string, root string) {
	t.Helper()
	ctx := t.Context()
	job := stage.Job{Period: p, Entity: e}
	folders := read[content.Folders](ctx, t, i.Ledger, job.Key(ledger.FoldersName))
	checklist := read[content.Checklist](ctx, t, i.Ledger, job.Key(ledger.ChecklistName))
	reconciliations := read[content.Reconciliations](ctx, t, i.Ledger, job.Key(ledger.ReconciliationsName))
	expected = map[string]string{}
	for _, folder := range folders.Paths {
		if strings.HasPrefix(folder, folders.Root+"/") {
			expected[folder+"/"] = ""
		}
	}
	for _, book := range stage.Workbooks(job, checklist, reconciliations) {
		data, _, err := i.Ledger.Get(ctx, book.Key)
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		expected[book.Path] = hex.EncodeToString(sum[:])
	}
	return expected, folders.Root
}

func read[T any](ctx context.Context, t testing.TB, l ledger.Ledger, key string) T {
	t.Helper()
	value, _, err := ledger.ReadJSON[T](ctx, l, key)
	require.NoError(t, err, key)
	return value
}

// Entities makes entities of a pool, each with an account and a remote of its own. The pattern of the remote's path holds
// %s for the entity's id.
func Entities(pool, pattern string, count int) []entity.Entity {
	list := make([]entity.Entity, count)
	for n := range list {
		id := entity.ID(fmt.Sprintf("%s-%03d", pool, n))
		list[n] = entity.Entity{
			ID: id, Name: fmt.Sprintf("Company %d of %s", n, pool), Pool: pool, Account: string(id),
			Remote: pool + ":" + fmt.Sprintf(pattern, id), Templates: "standard", Calendar: "US",
			Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
		}
	}
	return list
}
