package kind

// shareFile is ShareFile, whose answers are told apart by what all providers share.
var shareFile = Provider{
	Name: "sharefile", Title: "ShareFile", Remotes: []string{"sharefile"},
	Paths:       PathRules{LeadingDot: true, TrailingDot: true},
	IgnoresCase: true,
	Listing:     OneFolder,
}
