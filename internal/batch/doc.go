// Package batch defines the batch: entities of one pool that one worker handles one after another.
//
// Packing keeps an account together (account affinity), because two workers never work on one account at a time: the
// entities of an account share a batch as far as the target allows, an account above the target becomes a chain of
// batches of that account alone, and small accounts share batches. Everything here is pure.
package batch
