package kind

import "metronome/internal/failure"

// s3 is Amazon S3 and what speaks as it does.
var s3 = Provider{
	Name: "s3", Title: "Amazon S3", Remotes: []string{"s3"},
	Buckets: true,
	Listing: WholeTree,
	Refusals: []Refusal{ // codes of S3 (AmazonS3/latest/API/ErrorResponses)
		{Statuses: []int{409}, Marks: []string{"operationaborted", "conditionalrequestconflict"}, Class: failure.Contention},
		{Marks: []string{"slowdown", "throttlingexception", "requestlimitexceeded"}, Class: failure.Throttled},
		{Marks: []string{"expiredtoken", "invalidaccesskeyid", "signaturedoesnotmatch"}, Class: failure.Permanent, Hint: HintCredential},
	},
	Start:    "`requestsPerSecond: 3500`",
	StartWhy: "3,500 writes a second per prefix",
}
