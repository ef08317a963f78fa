package config

// Provider is the kind of storage behind a pool: the name of an rclone backend.
type Provider string

// The providers that Metronome has rules for.
const (
	Drive     Provider = "drive"
	OneDrive  Provider = "onedrive"
	Box       Provider = "box"
	Dropbox   Provider = "dropbox"
	Egnyte    Provider = "egnyte" // reached over WebDAV
	ShareFile Provider = "sharefile"
	AzureBlob Provider = "azureblob"
	GCS       Provider = "googlecloudstorage"
	S3        Provider = "s3"
	WebDAV    Provider = "webdav"
	SFTP      Provider = "sftp"
	Local     Provider = "local"
)

// Providers lists them in the order of the documentation.
var Providers = []Provider{
	Drive, OneDrive, Box, Dropbox, Egnyte, ShareFile, AzureBlob, GCS, S3, WebDAV, SFTP, Local,
}

// SerialWrites tells whether an account of the provider serialises writes unless metronome.yaml says otherwise.
func (p Provider) SerialWrites() bool { return p == Dropbox }

// Backends lists the rclone backends that Metronome contains; a remote of another type cannot be used.
var Backends = []string{
	"azureblob", "box", "drive", "dropbox", "google cloud storage", "local", "onedrive", "s3", "sftp", "sharefile", "webdav",
}

func providerNames() []string {
	names := make([]string, len(Providers))
	for i, provider := range Providers {
		names[i] = string(provider)
	}
	return names
}
