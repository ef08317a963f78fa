// Package run holds every document of a run below runs/<run>/ in the ledger: the request, the batches, one progress document
// per batch, one document per beat, orders from people, and the report; and beside them the lease of a period and the limits
// that a person set for a pool. For each it has the type, the key, and how it is read and written.
//
// A run is one replication of a period over chosen entities. An outcome is what became of one entity in it: done (this run
// finished it), skipped (it was done before this run began), failed (a permanent trouble, named with class and hint),
// parked (a day or month budget is used up), or left (the run was stopped before its turn).
package run
