// Package run holds every document of a run below runs/<run>/ in the ledger: the request, the batches, one progress document
// per batch, one document per beat, orders from people, and the report; and beside them the lease of a period and the limits
// that a person set for a pool. For each it has the type, the key, and how it is read and written.
//
// A run is one replication of a period over chosen entities. An outcome is what became of one entity in it: done (this run
// finished it), skipped (it was done before this run began), failed (for good, with class and hint),
// parked (a day or month budget is used up), or left (the run was stopped before its turn).
//
// A beat is one turn of a pool's pacing loop: it reads what the workers did and decides who works next, and how fast.
// A pulse is what takes the beats of a pool: the pulse step on Argo, a loop of the program on one machine.
// A grant is a worker's permission to send: a share of the pool's rate, kept in the pool's tempo until it expires.
package run
