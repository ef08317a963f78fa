package kind

// googleCloudStorage is Google Cloud Storage.
var googleCloudStorage = Provider{
	Name: "googlecloudstorage", Title: "Google Cloud Storage", Remotes: []string{"google cloud storage"},
	Buckets:  true,
	Listing:  WholeTree,
	Refusals: googleRefusals,
}
