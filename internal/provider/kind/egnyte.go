package kind

import "metronome/internal/failure"

// egnyte is Egnyte, reached over WebDAV.
var egnyte = Provider{
	Name: "egnyte", Title: "Egnyte", Remotes: []string{"webdav"},
	Listing: Probe,
	Headers: []string{"X-Mashery-Error-Code"}, // of the gateway in front of its API
	Refusals: []Refusal{
		{Marks: []string{"err_403_developer_over_rate"}, Class: failure.Cap}, // calls per day
		{Marks: []string{"err_403_developer_over_qps"}, Class: failure.Throttled},
	},
	Partial:  webDAV507,
	Start:    "`requestsPerSecond: 2`, `budget: {day: 1000}` for one token",
	StartWhy: "2 calls a second and 1,000 a day per token",
}
