package kind

// sftp is a folder of a server reached by SSH. There are no answers with statuses.
var sftp = Provider{
	Name: "sftp", Title: "SFTP", Remotes: []string{"sftp"},
	Absolute: true,
	Listing:  OneFolder,
}
