package kind

import "metronome/internal/failure"

// drive is Google Drive. Two files of one name may live in a folder.
var drive = Provider{
	Name: "drive", Title: "Google Drive", Remotes: []string{"drive"},
	Listing:  WholeTree,
	Refusals: googleRefusals,
	Partial:  []string{`"incompleteSearch": true`, `"incompleteSearch":true`}, // a search that some shards did not answer
	Start:    "`requestsPerSecond: 150`, `account: {requestsPerSecond: 3}`",
	StartWhy: "12,000 queries a minute per project; 3 sustained writes a second per account",
}

// googleRefusals are the reasons of Google's APIs (drive/api/guides/handle-errors, storage/docs/json_api/v1/status-codes).
var googleRefusals = []Refusal{
	// Queries, and 750 GB, per day.
	{Statuses: []int{403, 429}, Marks: []string{"dailylimitexceeded", "daily limit exceeded", "uploadlimitexceeded"}, Class: failure.Cap},
	{Marks: []string{"storagequotaexceeded", "teamdrivefilelimitexceeded"}, Class: failure.Permanent, Hint: HintRoom},
	{Marks: []string{"userratelimitexceeded", `"ratelimitexceeded"`}, Class: failure.Throttled},
}
