package kind

import "metronome/internal/failure"

// azureBlob is Azure Blob Storage.
var azureBlob = Provider{
	Name: "azureblob", Title: "Azure Blob Storage", Remotes: []string{"azureblob"},
	Buckets: true,
	Listing: WholeTree,
	Headers: []string{"X-Ms-Error-Code"},
	Refusals: []Refusal{ // codes of the blob service (learn.microsoft.com, rest/api/storageservices/blob-service-error-codes)
		{Statuses: []int{409}, Marks: []string{"leasealreadypresent"}, Class: failure.Contention},
		{Marks: []string{"serverbusy", "operationtimedoutthrottled"}, Class: failure.Throttled},
		{Marks: []string{"authenticationfailed"}, Class: failure.Permanent, Hint: HintCredential},
		{Statuses: []int{409}, Marks: []string{"blobalreadyexists"}, Class: failure.Permanent, Taken: true},
	},
}
