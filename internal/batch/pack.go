package batch

import (
	"cmp"
	"slices"

	"metronome/internal/entity"
)

// A worker should see at least this many batches, so that the last ones are short enough for all workers to end together.
const batchesPerWorker = 3

// The last batches shrink, but not below this part of the full size: starting a worker costs time too.
const smallestPart = 4

// Options say how to pack a pool.
type Options struct {
	Pool    string
	Target  int64 // expected requests that a batch should not exceed; below 1: no limit. At most the pool's day budget
	Workers int   // workers that the pool will have; below 1: 1
	First   int   // number of the first batch, so that the batches of several pools in one run differ
}

// Pack packs the entities of one pool, longest first: the batches of an account that had to be split come before the shared
// ones, because they can only be done one after another. The same entities in the same order give the same batches.
func Pack(options Options, entities []Entity) []Batch {
	accounts := byAccount(entities)
	p := packer{
		options:  options,
		entities: make([]entity.ID, 0, len(entities)),
		names:    make([]string, 0, len(accounts)),
		left:     total(accounts),
	}
	p.size = p.fullSize()
	for _, a := range accounts {
		p.add(a)
	}
	p.close()
	return p.numbered()
}

// account is the work that one account has in the pool.
type account struct {
	name     string
	entities []Entity
	requests int64
}

// byAccount groups entities by account, the largest account first. Within an account the order of the input stays.
func byAccount(entities []Entity) []account {
	index := make(map[string]int32)
	accounts := []account{}
	counts := []int{}
	of := make([]int32, len(entities))
	for i := range entities {
		e := &entities[i]
		n, known := index[e.Account]
		if !known {
			n = int32(len(accounts))
			index[e.Account] = n
			accounts = append(accounts, account{name: e.Account})
			counts = append(counts, 0)
		}
		of[i] = n
		counts[n]++
		accounts[n].requests += e.Requests
	}
	distribute(entities, accounts, counts, of)
	slices.SortStableFunc(accounts, func(a, b account) int { return cmp.Compare(b.requests, a.requests) })
	return accounts
}

// distribute puts every entity into its account's part of one backing array.
func distribute(entities []Entity, accounts []account, counts []int, of []int32) {
	backing := make([]Entity, len(entities))
	start := 0
	for n, count := range counts {
		accounts[n].entities = backing[start : start : start+count]
		start += count
	}
	for i, n := range of {
		accounts[n].entities = append(accounts[n].entities, entities[i])
	}
}

func total(accounts []account) int64 {
	var sum int64
	for i := range accounts {
		sum += accounts[i].requests
	}
	return sum
}

// packer fills one batch after another. Entities and account names of all batches lie in two backing arrays, because a
// million entities must not become a million objects.
type packer struct {
	options  Options
	size     int64 // of a full shared batch
	left     int64 // requests that no batch has yet
	batches  []packed
	open     packed
	entities []entity.ID
	names    []string
}

// packed is a batch together with the length of the chain that it is part of.
type packed struct {
	Batch
	chain         int64 // requests of all batches of the chain; of a batch without a chain its own
	entitiesStart int
	namesStart    int
}

// fullSize is the target, or less where the target would leave some workers without enough batches.
func (p *packer) fullSize() int64 {
	workers := int64(max(1, p.options.Workers))
	size := max(1, ceilDiv(p.left, batchesPerWorker*workers))
	if p.options.Target > 0 {
		size = min(size, p.options.Target)
	}
	return size
}

func (p *packer) add(a account) {
	switch {
	case p.options.Target > 0 && a.requests > p.options.Target && len(a.entities) > 1:
		p.addChain(a)
	default:
		p.addShared(a)
	}
}

// addShared puts a whole account into the open batch, or into a new one where it does not fit.
func (p *packer) addShared(a account) {
	if p.open.Requests+a.requests > p.sizeNow() {
		p.close()
	}
	p.open.chain += a.requests
	p.take(a.name, a.entities)
}

// addChain splits an account into batches of about the same size, none above the target unless one entity alone is.
func (p *packer) addChain(a account) {
	p.close()
	links := ceilDiv(a.requests, p.options.Target)
	even := ceilDiv(a.requests, links)
	from, sum := 0, int64(0)
	for i, e := range a.entities {
		over := sum+e.Requests > p.options.Target
		if i > from && (over || sum >= even) {
			p.takeLink(a, from, i)
			from, sum = i, 0
		}
		sum += e.Requests
	}
	p.takeLink(a, from, len(a.entities))
}

func (p *packer) takeLink(a account, from, to int) {
	p.open.chain = a.requests
	p.take(a.name, a.entities[from:to])
	p.close()
}

// sizeNow is the full size until the rest would no longer keep every worker busy with two batches, then less and less.
func (p *packer) sizeNow() int64 {
	rest := p.left + p.open.Requests
	guided := rest / (2 * int64(max(1, p.options.Workers)))
	return min(p.size, max(guided, p.size/smallestPart, 1))
}

func (p *packer) take(name string, entities []Entity) {
	p.names = append(p.names, name)
	for i := range entities {
		p.entities = append(p.entities, entities[i].ID)
		p.open.Requests += entities[i].Requests
		p.left -= entities[i].Requests
	}
}

// close ends the open batch, if there is anything in it.
func (p *packer) close() {
	done := p.open
	done.Entities = p.entities[done.entitiesStart:len(p.entities):len(p.entities)]
	done.Accounts = p.names[done.namesStart:len(p.names):len(p.names)]
	if len(done.Entities) > 0 {
		p.batches = append(p.batches, done)
	}
	p.open = packed{entitiesStart: len(p.entities), namesStart: len(p.names)}
}

// numbered gives the batches, longest first, with their ids.
func (p *packer) numbered() []Batch {
	slices.SortStableFunc(p.batches, func(a, b packed) int {
		return cmp.Or(cmp.Compare(b.chain, a.chain), cmp.Compare(b.Requests, a.Requests))
	})
	result := make([]Batch, len(p.batches))
	for i := range p.batches {
		result[i] = p.batches[i].Batch
		result[i].Version = Version
		result[i].ID = NewID(p.options.First + i)
		result[i].Pool = p.options.Pool
	}
	return result
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
