// Package run defines the documents of one run below runs/<run>/ in the ledger: the request, the batches, one progress
// document per batch, one document per beat, and the report; and the lease of a period. They are plain values.
//
// A run is one replication of a period over chosen entities. An outcome is what became of one entity in it: done (this run
// finished it), skipped (it was done before this run began), failed (a permanent trouble, named with class and hint),
// parked (a day or month budget is used up), or left (the run was stopped before its turn).
package run
