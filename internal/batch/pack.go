package batch

import (
	"cmp"
	"slices"

	"metronome/internal/entity"
)

// A worker should get at least this many batches, so that the last ones are short enough for all workers to end together.
const batchesPerWorker = 3

// The last batches shrink, but not below this part of the full size: starting a worker costs time too.
const smallestPart = 4

// Options say how to pack a pool.
type Options struct {
	Pool           string
	TargetRequests int64 // expected requests that a batch should not exceed; below 1: no limit. At most the pool's day budget
	Workers        int   // workers that the pool will have; below 1: 1
	FirstNumber    int   // number of the first batch, so that the batches of several pools in one run differ
}

// Entity is what packing has to know of an entity.
type Entity struct {
	ID       entity.ID
	Account  string
	Requests int64 // expected
}

// Pack packs the entities of one pool, longest first: the batches of an account that had to be split come before the shared
// ones, because they can only be done one after another. The same entities in the same order give the same batches.
func Pack(options Options, entities []Entity) []Batch {
	options.Workers = max(1, options.Workers)
	accounts := byAccount(entities)
	p := packer{
		options:  options,
		entities: make([]entity.ID, 0, len(entities)),
		accounts: make([]string, 0, len(accounts)),
		unpacked: requestsOf(accounts),
	}
	p.fullSize = fullSize(options, p.unpacked)
	for _, a := range accounts { // the largest first, so chains come before shared batches
		if options.TargetRequests > 0 && a.requests > options.TargetRequests {
			p.addChain(a)
		} else {
			p.addShared(a)
		}
	}
	p.closeBatch()
	return numbered(longestFirst(p.batches), options)
}

// account is the work that one account has in the pool.
type account struct {
	name     string
	entities []Entity
	requests int64
}

// byAccount groups entities by account, the largest account first. Within an account the order of the input stays.
func byAccount(entities []Entity) []account {
	numbers := make(map[string]int32)
	accounts := []account{}
	counts := []int{}                      // entities, by the number of their account
	owners := make([]int32, len(entities)) // numbers of the entities' accounts
	for i := range entities {
		e := &entities[i]
		n, known := numbers[e.Account]
		if !known {
			n = int32(len(accounts))
			numbers[e.Account] = n
			accounts = append(accounts, account{name: e.Account})
			counts = append(counts, 0)
		}
		owners[i] = n
		counts[n]++
		accounts[n].requests += e.Requests
	}
	distribute(entities, accounts, counts, owners)
	slices.SortStableFunc(accounts, func(a, b account) int { return cmp.Compare(b.requests, a.requests) })
	return accounts
}

// distribute puts every entity into its account's part of one backing array.
func distribute(entities []Entity, accounts []account, counts []int, owners []int32) {
	backing := make([]Entity, len(entities))
	start := 0
	for n, count := range counts {
		accounts[n].entities = backing[start : start : start+count]
		start += count
	}
	for i, n := range owners {
		accounts[n].entities = append(accounts[n].entities, entities[i])
	}
}

func requestsOf(accounts []account) int64 {
	var sum int64
	for i := range accounts {
		sum += accounts[i].requests
	}
	return sum
}

// fullSize is how many requests a shared batch has at most: the target, or less where the target would leave some workers
// without enough batches.
func fullSize(options Options, requests int64) int64 {
	size := ceilDiv(requests, batchesPerWorker*int64(options.Workers))
	if options.TargetRequests > 0 {
		size = min(size, options.TargetRequests)
	}
	return size
}

// packer fills one batch after another. Entities and account names of all batches lie in two backing arrays, because a
// million entities must not become a million objects.
type packer struct {
	options  Options
	fullSize int64
	unpacked int64 // requests that no batch has yet
	batches  []Batch
	requests int64       // of the open batch
	entities []entity.ID // of all batches; from firstEntity on, those of the open one
	accounts []string    // likewise

	firstEntity, firstAccount int
}

// addShared puts a whole account into the open batch, or into a new one where it does not fit.
func (p *packer) addShared(a account) {
	if p.requests+a.requests > p.sharedSize() {
		p.closeBatch()
	}
	p.add(a.name, a.entities)
}

// addChain splits an account into batches of about the same size, none above the target unless one entity alone is.
func (p *packer) addChain(a account) {
	even := ceilDiv(a.requests, ceilDiv(a.requests, p.options.TargetRequests))
	from, sum := 0, int64(0)
	for i, e := range a.entities {
		exceeds := sum+e.Requests > p.options.TargetRequests
		if i > from && (exceeds || sum >= even) {
			p.add(a.name, a.entities[from:i])
			p.closeBatch()
			from, sum = i, 0
		}
		sum += e.Requests
	}
	p.add(a.name, a.entities[from:])
	p.closeBatch()
}

// sharedSize is the full size until the rest would no longer keep every worker busy with two batches, then less and less.
func (p *packer) sharedSize() int64 {
	rest := p.unpacked + p.requests
	shrunk := rest / (2 * int64(p.options.Workers))
	return min(p.fullSize, max(shrunk, p.fullSize/smallestPart))
}

// add puts entities of an account into the open batch.
func (p *packer) add(account string, entities []Entity) {
	p.accounts = append(p.accounts, account)
	for i := range entities {
		p.entities = append(p.entities, entities[i].ID)
		p.requests += entities[i].Requests
		p.unpacked -= entities[i].Requests
	}
}

// closeBatch ends the open batch, if there is anything in it.
func (p *packer) closeBatch() {
	if lastEntity := len(p.entities); lastEntity > p.firstEntity {
		lastAccount := len(p.accounts)
		p.batches = append(p.batches, Batch{
			Entities: p.entities[p.firstEntity:lastEntity:lastEntity],
			Accounts: p.accounts[p.firstAccount:lastAccount:lastAccount],
			Requests: p.requests,
		})
	}
	p.firstEntity, p.firstAccount, p.requests = len(p.entities), len(p.accounts), 0
}

// longestFirst orders batches by the length of their chains, then by their own requests.
func longestFirst(batches []Batch) []Batch {
	chains := Chains{}
	for i := range batches {
		chains.Add(batches[i].Accounts, batches[i].Requests)
	}
	slices.SortStableFunc(batches, func(a, b Batch) int {
		return cmp.Or(
			cmp.Compare(chains.Length(b.Accounts, b.Requests), chains.Length(a.Accounts, a.Requests)),
			cmp.Compare(b.Requests, a.Requests),
		)
	})
	return batches
}

// numbered completes batches by format version, pool, and ids in their order.
func numbered(batches []Batch, options Options) []Batch {
	result := make([]Batch, len(batches))
	for i := range batches {
		result[i] = batches[i]
		result[i].Version, result[i].ID, result[i].Pool = Version, NewID(options.FirstNumber+i), options.Pool
	}
	return result
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
