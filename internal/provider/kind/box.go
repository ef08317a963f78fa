package kind

import "metronome/internal/failure"

// box is Box.
var box = Provider{
	Name: "box", Title: "Box", Remotes: []string{"box"},
	IgnoresCase: true,
	Listing:     OneFolder,
	Refusals: []Refusal{ // codes of its API (developer.box.com, guides/api-calls/permissions-and-errors)
		{Statuses: []int{403}, Marks: []string{"monthly api call", "api_limit", "api call limit"}, Class: failure.Cap},
		{Marks: []string{"storage_limit_exceeded"}, Class: failure.Permanent, Hint: HintRoom},
		{Statuses: []int{409}, Marks: []string{"operation_blocked_temporary"}, Class: failure.Contention},
		{Marks: []string{"rate_limit_exceeded"}, Class: failure.Throttled},
		{Statuses: []int{409}, Marks: []string{"item_name_in_use"}, Class: failure.Permanent, Taken: true},
	},
	Start:    "`account: {requestsPerSecond: 4, burst: 4}`, `budget.month` by licence",
	StartWhy: "240 uploads a minute per user",
}
