package kind

import "metronome/internal/failure"

// oneDrive is OneDrive and SharePoint, by Microsoft Graph.
var oneDrive = Provider{
	Name: "onedrive", Title: "OneDrive, SharePoint", Remotes: []string{"onedrive"},
	Paths:       PathRules{TrailingDot: true},
	IgnoresCase: true,
	Listing:     OneFolder,
	Refusals: []Refusal{ // codes of Graph (graph/errors)
		{Marks: []string{"quotalimitreached", "quotareached"}, Class: failure.Permanent, Hint: HintRoom},
		{Statuses: []int{409}, Marks: []string{"resourcemodified"}, Class: failure.Contention},
		{Marks: []string{"activitylimitreached"}, Class: failure.Throttled},
		{Statuses: []int{409}, Marks: []string{"namealreadyexists"}, Class: failure.Permanent, Taken: true},
	},
	Start:    "leave `requestsPerSecond` out, `account: {requestsPerSecond: 10}`",
	StartWhy: "resource units per tenant; a small tenant bears about 10 writes a second",
}
