// Package ledger is the store of catalog, run state and period content.
//
// A document is some bytes under a key; most are JSON. A version identifies one state of a document. The store offers what
// a directory and an S3 bucket can both do with one document at a time: get, put, create (of many callers one wins), swap
// (compare-and-swap on the version) and delete; and listing. Everything that has to hold across documents is built of these.
//
// Three backends keep the same promises: a directory (file:///dir), an S3 bucket (s3://bucket/prefix) and, for tests,
// memory. docs/ledger.md specifies keys, documents and what each backend asks of its surroundings.
package ledger
