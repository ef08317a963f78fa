// Package replicate is a run's life, the same on one machine and on Argo; the hosts differ only in how a worker is started and
// how a wait is spent.
//
//   - Begin checks that the ledger's store honours conditional writes, acquires the lease of the period, groups the entities
//     into pools and batches, and writes the run.
//   - Pulse.Beat takes one turn of a pool's pacing loop: it observes the pool's workers through the ledger, has package tempo
//     decide, writes the decision down, and starts workers.
//   - The work on a batch is in package worker, which alone links the storage providers in.
//   - Conclude waits until the run's workers have ended, writes the report and releases the lease.
//
// Group makes the same grouping without writing anything, for a plan.
package replicate
