// Package beat takes one turn of a pool's pacing loop: it observes the pool's workers through the ledger, has package tempo
// decide, writes the decision down, and starts workers. It is the same on one machine and on Argo; only what starts workers
// differs.
package beat
