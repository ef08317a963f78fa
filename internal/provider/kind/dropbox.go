package kind

import "metronome/internal/failure"

// dropbox is Dropbox, which serialises the writes of a namespace.
var dropbox = Provider{
	Name: "dropbox", Title: "Dropbox", Remotes: []string{"dropbox"},
	IgnoresCase:  true,
	SerialWrites: true,
	Listing:      OneFolder,
	Refusals: []Refusal{ // tags of its errors (dropbox.com/developers, error handling guide)
		{Statuses: []int{403}, Marks: []string{"monthly api call", "api_limit", "api call limit"}, Class: failure.Cap}, // data transport
		{Marks: []string{"insufficient_space"}, Class: failure.Permanent, Hint: HintRoom},
		{Marks: []string{"too_many_write_operations"}, Class: failure.Contention},
		{Marks: []string{"too_many_requests"}, Class: failure.Throttled},
		{Marks: []string{"expired_access_token", "invalid_access_token"}, Class: failure.Permanent, Hint: HintCredential},
		{Statuses: []int{409}, Marks: []string{"path/conflict", "to/conflict", "conflict/folder", "conflict/file"},
			Class: failure.Permanent, Taken: true},
	},
	Start:    "leave `requestsPerSecond` out",
	StartWhy: "no number published; one namespace takes one write at a time",
}
