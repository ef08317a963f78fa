package kind

// local is a folder of this machine, or one mounted here. Whether case counts depends on its file system.
var local = Provider{
	Name: "local", Title: "Local folder", Remotes: []string{"local"},
	Absolute: true,
	Listing:  OneFolder,
}
