// Package simulator puts real storage servers (WebDAV, S3) behind the quotas of storage providers, and counts.
//
// Its nouns:
//
//   - provider: one simulated storage service with an address of its own. It is one quota domain, so one pool.
//   - account: whose storage a request concerns: a path segment, a basic-auth user or an S3 access key, as declared.
//   - class: what a request does: read, download, list, write, upload.
//   - limit: one number that the provider enforces, for the whole pool or for each account.
//   - meter: the state of a limit for the pool or for one account.
//   - verdict: what the quota layer decided about a request, before the request is applied.
//   - outcome: how a request ended: served, throttled, cap, contention, overload, refused, dropped, aborted.
//   - visit: one request from its arrival to its answer.
//   - counting period: what was counted since the start or since the last reset.
//
// Every request is counted when it arrives, refused ones included: a pool's peak says how fast clients asked, not how
// much they were granted. Claims about pacing are judged by these counts and not by those of the program that paces.
package simulator
