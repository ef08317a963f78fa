package batch_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"metronome/internal/batch"
	"metronome/internal/entity"
)

func TestIDsSortNumerically(t *testing.T) {
	t.Parallel()
	require.Equal(t, batch.ID("b0000017"), batch.NewID(17))
	require.Equal(t, batch.ID("b9999999"), batch.NewID(9_999_999))
	require.Less(t, batch.NewID(99), batch.NewID(100))
	id, err := batch.ParseID("b0000017")
	require.NoError(t, err)
	require.Equal(t, batch.NewID(17), id)
	for _, bad := range []string{"", "b17", "c0000017", "b00000017", "b000001x", "../../../x"} {
		_, err := batch.ParseID(bad)
		require.ErrorContains(t, err, "parse batch id", bad)
	}
}

func TestExpectedRequests(t *testing.T) {
	t.Parallel()
	require.Equal(t, int64(4), batch.ExpectedRequests(batch.EntitySize{}))
	require.Equal(t, int64(69), batch.ExpectedRequests(batch.EntitySize{Folders: 25, Files: 40}))
	require.Equal(t, int64(75), batch.ExpectedRequests(batch.EntitySize{Folders: 25, Files: 40, Copies: 2}))
}

// entitiesOf makes entities: "a3" is one of account a with 3 requests.
func entitiesOf(descriptions ...string) []batch.Entity {
	list := make([]batch.Entity, len(descriptions))
	for i, text := range descriptions {
		var requests int64
		_, _ = fmt.Sscanf(text[1:], "%d", &requests)
		list[i] = batch.Entity{ID: entity.ID(fmt.Sprintf("%s-%d", text, i)), Account: text[:1], Requests: requests}
	}
	return list
}

// describe writes batches as their accounts, requests and number of entities.
func describe(batches []batch.Batch) []string {
	list := make([]string, len(batches))
	for i, b := range batches {
		list[i] = fmt.Sprintf("%v %d in %d", b.Accounts, b.Requests, len(b.Entities))
	}
	return list
}

func TestPack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options  batch.Options
		entities []batch.Entity
		want     []string
	}{
		"nothing": {batch.Options{TargetRequests: 10, Workers: 1}, nil, []string{}},
		"an account stays together": {
			batch.Options{TargetRequests: 100, Workers: 1}, entitiesOf("a10", "b5", "a10", "b5", "a10"), []string{"[a] 30 in 3", "[b] 10 in 2"},
		},
		"small accounts share, smaller towards the end": {
			batch.Options{TargetRequests: 100, Workers: 1}, entitiesOf("a6", "b6", "c6", "d6", "e6", "f6"),
			[]string{"[a b] 12 in 2", "[c d] 12 in 2", "[e] 6 in 1", "[f] 6 in 1"},
		},
		"an account above the target is a chain": {
			batch.Options{TargetRequests: 20, Workers: 1}, entitiesOf("a8", "b15", "a8", "a8", "a8", "a8"),
			[]string{"[a] 16 in 2", "[a] 16 in 2", "[a] 8 in 1", "[b] 15 in 1"},
		},
		"a chain is split evenly": {
			batch.Options{TargetRequests: 30, Workers: 1}, entitiesOf("a10", "a10", "a10", "a10"), []string{"[a] 20 in 2", "[a] 20 in 2"},
		},
		"a link may be as large as the target": {
			batch.Options{TargetRequests: 20, Workers: 1}, entitiesOf("a10", "a10", "a10", "a10"), []string{"[a] 20 in 2", "[a] 20 in 2"},
		},
		"nobody joins the last link of a chain": {
			batch.Options{TargetRequests: 20, Workers: 1}, entitiesOf("a8", "a8", "a8", "b1", "c1", "d9", "e9", "f9"),
			[]string{"[a] 16 in 2", "[a] 8 in 1", "[d] 9 in 1", "[e] 9 in 1", "[f] 9 in 1", "[b c] 2 in 2"},
		},
		"accounts of several entities share, too": {
			batch.Options{TargetRequests: 100, Workers: 1}, entitiesOf("a3", "a3", "b3", "b3", "c6", "d6", "e6", "f6"),
			[]string{"[a b] 12 in 4", "[c d] 12 in 2", "[e] 6 in 1", "[f] 6 in 1"},
		},
		"the largest account is packed first": {
			batch.Options{TargetRequests: 100, Workers: 1}, entitiesOf("a1", "b1", "c1", "d1", "e9"),
			[]string{"[e] 9 in 1", "[a b] 2 in 2", "[c] 1 in 1", "[d] 1 in 1"},
		},
		"the longest batch comes first": {
			batch.Options{TargetRequests: 12, Workers: 1}, entitiesOf("a10", "b6", "c6", "d6", "e6", "f6", "g6"),
			[]string{"[b c] 12 in 2", "[d e] 12 in 2", "[a] 10 in 1", "[f] 6 in 1", "[g] 6 in 1"},
		},
		"one entity above the target stays whole": {
			batch.Options{TargetRequests: 20, Workers: 1}, entitiesOf("a50", "a5", "b5"), []string{"[a] 50 in 1", "[a] 5 in 1", "[b] 5 in 1"},
		},
		"without a target small accounts share": {
			batch.Options{Workers: 1}, entitiesOf("a6", "b6", "c6", "d6", "e6", "f6"),
			[]string{"[a b] 12 in 2", "[c d] 12 in 2", "[e] 6 in 1", "[f] 6 in 1"},
		},
		"without a target an account is never split": {
			batch.Options{Workers: 4}, entitiesOf("a500", "a500", "b1"), []string{"[a] 1000 in 2", "[b] 1 in 1"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, describe(batch.Pack(test.options, test.entities)))
		})
	}
}

func TestChains(t *testing.T) {
	t.Parallel()
	chains := batch.Chains{}
	require.Equal(t, int64(30), chains.Add([]string{"a"}, 30))
	require.Equal(t, int64(50), chains.Add([]string{"a"}, 20))
	require.Equal(t, int64(70), chains.Add([]string{"a", "b"}, 70))
	require.Equal(t, int64(50), chains.Length([]string{"a"}, 20), "one after another")
	require.Equal(t, int64(70), chains.Length([]string{"a", "b"}, 70), "a shared batch is on its own")
	require.Equal(t, batch.Chains{"a": 50}, chains)
}

func TestPackNumbersFromFirst(t *testing.T) {
	t.Parallel()
	batches := batch.Pack(batch.Options{Pool: "box", FirstNumber: 40, TargetRequests: 5}, entitiesOf("a5", "b5"))
	require.Equal(t, batch.Batch{
		Version: 1, ID: "b0000040", Pool: "box", Accounts: []string{"a"}, Entities: []entity.ID{"a5-0"}, Requests: 5,
	}, batches[0])
	require.Equal(t, batch.ID("b0000041"), batches[1].ID)
}

// TestPackInvariants packs random customers: every entity is in exactly one batch, accounts are kept together as far
// as the target allows, and there are enough batches for the workers.
func TestPackInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		options := batch.Options{
			TargetRequests: rapid.Int64Range(0, 200).Draw(t, "target"),
			Workers:        rapid.IntRange(0, 8).Draw(t, "workers"),
		}
		accounts := rapid.IntRange(1, 40).Draw(t, "accounts")
		entities := make([]batch.Entity, rapid.IntRange(0, 100).Draw(t, "entities"))
		byAccount := map[string]int64{}
		for i := range entities {
			account := fmt.Sprintf("account-%d", rapid.IntRange(1, accounts).Draw(t, "account"))
			requests := rapid.Int64Range(1, 90).Draw(t, "requests")
			entities[i] = batch.Entity{ID: entity.ID(fmt.Sprintf("e%d", i)), Account: account, Requests: requests}
			byAccount[account] += requests
		}
		batches := batch.Pack(options, entities)
		require.Equal(t, batches, batch.Pack(options, entities), "deterministic")
		checkEntities(t, entities, batches)
		checkAccounts(t, options, byAccount, batches)
		checkBatchCount(t, options, byAccount, batches)
	})
}

func checkEntities(t *rapid.T, entities []batch.Entity, batches []batch.Batch) {
	requests := map[entity.ID]int64{}
	account := map[entity.ID]string{}
	for _, e := range entities {
		requests[e.ID], account[e.ID] = e.Requests, e.Account
	}
	for _, b := range batches {
		var sum int64
		for _, id := range b.Entities {
			require.Contains(t, requests, id, "each entity once")
			require.Contains(t, b.Accounts, account[id])
			sum += requests[id]
			delete(requests, id)
		}
		require.Equal(t, sum, b.Requests)
	}
	require.Empty(t, requests, "every entity")
}

func checkAccounts(t *rapid.T, options batch.Options, byAccount map[string]int64, batches []batch.Batch) {
	batchesOf := map[string]int{}
	for _, b := range batches {
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(b.Accounts))), len(b.Accounts), "each account once")
		if len(b.Accounts) > 1 && options.TargetRequests > 0 {
			require.LessOrEqual(t, b.Requests, options.TargetRequests, "only what is one account's may exceed the target")
		}
		for _, account := range b.Accounts {
			batchesOf[account]++
			chained := options.TargetRequests > 0 && byAccount[account] > options.TargetRequests
			require.True(t, !chained || len(b.Accounts) == 1, "a chain is of one account alone")
			require.True(t, chained || batchesOf[account] == 1, "an account within the target is not split")
		}
	}
}

// checkBatchCount checks that accounts share a batch only where that leaves three batches for each worker.
func checkBatchCount(t *rapid.T, options batch.Options, byAccount map[string]int64, batches []batch.Batch) {
	var total int64
	for _, requests := range byAccount {
		total += requests
	}
	parts := 3 * int64(max(1, options.Workers))
	for _, b := range batches {
		require.True(t, len(b.Accounts) == 1 || b.Requests <= (total+parts-1)/parts, "%+v of %d", b, total)
	}
}

func BenchmarkPackOfAMillionEntities(b *testing.B) {
	const pools, perPool = 20, 50_000
	entities := make([]batch.Entity, perPool)
	for i := range entities {
		entities[i] = batch.Entity{
			ID: entity.ID(fmt.Sprintf("entity-%06d", i)), Account: fmt.Sprintf("account-%05d", i*7919%20_000), Requests: int64(50 + i%40),
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for range pools {
			batch.Pack(batch.Options{Pool: "box", TargetRequests: 600, Workers: 16}, entities)
		}
	}
}
