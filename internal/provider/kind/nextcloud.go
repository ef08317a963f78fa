package kind

import (
	"net/http"

	"metronome/internal/failure"
)

// nextcloud is Nextcloud, reached over WebDAV (sabre/dav). A refusal is an XML body that names the PHP class of an exception,
// <s:exception>OCA\DAV\Connector\Sabre\Exception\FileLocked</s:exception>, and perhaps a message. Names that its administrator
// forbids are refused as permanent, with 400.
var nextcloud = Provider{
	Name: "nextcloud", Title: "Nextcloud", Remotes: []string{"webdav"},
	Listing: OneFolder, // sabre/dav answers Depth: infinity as if it were 1
	Headers: []string{"X-Nextcloud-Maintenance-Mode"},
	Refusals: []Refusal{
		// Maintenance comes with Retry-After: 120, and says nothing about the rate: 503 with that header is not throttling here.
		{Statuses: []int{http.StatusServiceUnavailable}, Marks: []string{"maintenance mode", "maintenance-mode: 1"},
			Class: failure.Overload, Hint: "the server is in maintenance mode: wait until its administrator ends it"},
		{Marks: []string{`exception\insufficientstorage`}, Class: failure.Permanent, Hint: HintRoom}, // the account's quota
		{Marks: []string{`exception\filelocked`}, Class: failure.Contention, Hint: hintLocked},
		// Brute-force protection slows down and then refuses an address after failed sign-ins, also those of others behind it.
		{Statuses: []int{http.StatusTooManyRequests}, Class: failure.Throttled,
			Hint: "check the credential of this remote, and whether the server's brute-force protection knows this address"},
		{Marks: []string{`exception\passwordloginforbidden`}, Class: failure.Permanent,
			Hint: "make an app password for this remote: the account signs in with a second factor"},
	},
	Partial: webDAV507,
}
