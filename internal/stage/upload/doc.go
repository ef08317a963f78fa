// Package upload is the third stage: it brings an entity's period to the customer's storage. It alone talks to a provider.
//
// A manifest, kept in the ledger before the first write, says which files are planned and which of their names were taken
// already. What was taken is left as it is. What was absent is created; found again after an interruption, it is ours where
// it is what was planned, a fragment of ours to be completed where it is a beginning of that, and a person's otherwise.
package upload
