// Package control carries a person's wishes to live runs through the ledger, so that they work the same on one machine and
// on Argo: cancel, pause and resume of a run, and the rate of a pool.
package control
