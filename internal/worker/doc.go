// Package worker takes one batch through the three stages. Entities are prepared (folders, templates) ahead of the upload,
// so that the pool's quota never waits for the ledger. Between entities the worker takes over its new share of the pool's
// rate and acknowledges it in its progress document. What it cannot finish for now it hands back for a later beat.
package worker
