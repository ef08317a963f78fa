package kind

import (
	"slices"
	"strings"
)

// Name is a provider as metronome.yaml writes it: "box".
type Name string

// Provider is what Metronome knows of one kind of storage. The zero value stands for an unknown one, of which nothing special
// is assumed.
type Provider struct {
	Name         Name
	Title        string   // as its maker writes it: "Google Drive"
	Remotes      []string // the rclone remote types by which it is reached, its usual one first
	Paths        PathRules
	IgnoresCase  bool      // names that differ only in case are one name
	Buckets      bool      // the first name of a path is a bucket, and folders are only prefixes of keys
	Absolute     bool      // a path may begin with "/": without it, it depends on the login or the working folder
	SerialWrites bool      // an account takes one write at a time; metronome.yaml may say otherwise
	Listing      Listing   // how much one listing shows
	Refusals     []Refusal // its own words, looked through before those that all providers share
	Headers      []string  // headers in which it says what was wrong, besides errorHeaders
	Partial      []string  // what a granted listing holds that is not complete
	Start        string    // settings to start with, for the documentation; "" where there is nothing to say
	StartWhy     string    // the published limit behind Start
}

// Listing says how much of a tree one listing shows.
type Listing string

// The depths of listing.
const (
	OneFolder Listing = "one folder"                    // what is directly in a folder
	WholeTree Listing = "whole tree"                    // everything below a folder, by pages
	Probe     Listing = "whole tree, if the server may" // everything, where the server turns out to allow it
)

// providers in the order of the documentation.
var providers = []Provider{
	drive, oneDrive, box, dropbox, egnyte, nextcloud, shareFile, azureBlob, googleCloudStorage, s3, webDAV, sftp, local,
}

// Names lists the providers in the order of the documentation.
func Names() []Name {
	names := make([]Name, len(providers))
	for i := range providers {
		names[i] = providers[i].Name
	}
	return names
}

// Of returns the provider of a name, the zero Provider where there is none.
func Of(name Name) Provider {
	for i := range providers {
		if providers[i].Name == name {
			return providers[i]
		}
	}
	return Provider{}
}

// RemoteTypes lists the rclone remote types that reach any provider, sorted. Metronome contains these and no others.
func RemoteTypes() []string {
	var types []string
	for i := range providers {
		types = append(types, providers[i].Remotes...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// ByRemote returns the provider that has a remote type for itself and for whatever speaks as it does: S3 for "s3". It is the
// zero Provider where there is none.
func ByRemote(remoteType string) Provider {
	return Of(Name(strings.ReplaceAll(remoteType, " ", ""))) // the one difference between rclone's names and ours
}

// Reached returns what is known of a storage by the provider that it is said to be and the type of its remote. Where the type
// does not reach that provider (the demo reaches "Box" by webdav) the type decides. Without a type, "", the name does.
func Reached(name Name, remoteType string) Provider {
	if said := Of(name); remoteType == "" || slices.Contains(said.Remotes, remoteType) {
		return said
	}
	return ByRemote(remoteType)
}
