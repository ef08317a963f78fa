// Package tempo decides the tempo of a pool: once per beat, how many requests per second it may send, how many workers it
// gets, each worker's share, and which batches start. The decision is a pure function of limits, state, observation and
// now; it does no I/O and reads no clock, so the same code drives Argo, the local run and the forecast.
//
// Nouns:
//
//   - limits: what metronome.yaml says about a pool
//   - state: what is known of a pool across beats and runs, stored at pools/<pool>/tempo.json. Every run that works on the
//     pool changes it by compare-and-swap, so it is also where runs agree with each other
//   - share: the requests per second and the burst that one worker may send, a token bucket
//   - grant: the entry in the state that gives a worker its share, its batch and its accounts
//   - demand: the entry in the state that says how many workers a run could use
//   - observation: what a run saw since its last beat
//   - window: the requests that were sent since then
//   - decision: what a beat decided, with the reason in words
//   - prediction: what a forecast expects, which is a run simulated on virtual time
//
// # How a beat is decided
//
// Decide is a chain of steps. Each takes the state, and returns it changed together with what it found:
//
//	freeGrants, renewGrants  grants.go   who has gone, who lives, which starts were lost
//	measure                  observe.go  what was sent: budgets, averages, demands
//	setRate                  rate.go     requests per second of the pool: here a pool slows down
//	choose                   choose.go   which batches could start, which are parked
//	divide                   share.go    workers of each run, and the share of each worker: here a worker slows down
//	lowerShares, startWorkers, raiseShares  grants.go  what the division means for each worker
//	wait, expectedEnd        wait.go     when to look again, when all is done
//	reason                   reason.go   all of it in words
//
// # What a worker must do
//
// The pool's limit is kept because all shares together never exceed it, and because a worker
//
//   - begins with an empty bucket, and keeps its tokens (at most the new burst) when its share changes;
//   - takes over its grant's newest share between entities, and only then acknowledges it, by its serial, in its progress
//     document. Until then the state keeps the larger of both shares reserved;
//   - stops when its grant is gone or was not renewed for the time that Limits.Expiry returns: others may then have its share.
//
// In any second the workers then send at most the sum of their rates plus the tokens in their buckets when the second began:
// requestsPerSecond + burst.
package tempo
