package batch_test

import (
	"fmt"

	"metronome/internal/batch"
)

// Batches of 150 requests at most: the large account becomes a chain of batches that come first, and small accounts share
// one. The last batches are small, so that workers end together.
func ExamplePack() {
	entities := []batch.Entity{
		{ID: "acme-north", Account: "acme", Requests: 70},
		{ID: "acme-south", Account: "acme", Requests: 70},
		{ID: "acme-west", Account: "acme", Requests: 70},
		{ID: "baker", Account: "baker", Requests: 40},
		{ID: "clark", Account: "clark", Requests: 10},
		{ID: "dunn", Account: "dunn", Requests: 10},
	}
	for _, b := range batch.Pack(batch.Options{Pool: "box", TargetRequests: 150, Workers: 1}, entities) {
		fmt.Println(b.ID, b.Requests, b.Accounts, b.Entities)
	}
	// Output:
	// b0000000 140 [acme] [acme-north acme-south]
	// b0000001 70 [acme] [acme-west]
	// b0000002 40 [baker] [baker]
	// b0000003 20 [clark dunn] [clark dunn]
}

// An entity of 25 folders and 40 files, two of which the provider copies itself.
func ExampleExpectedRequests() {
	fmt.Println(batch.ExpectedRequests(batch.EntitySize{Folders: 25, Files: 38, Copies: 2}))
	// Output: 73
}
