package provider

// Matches compares a listed file with the size (bytes) and hash (as HashOf or Entry give it, "" for none) that it should
// have, and says what was compared: ByHash, BySize or ByPresence.
func (s *Storage) Matches(entry Entry, size int64, hash string) (how string, same bool) {
	switch {
	case s.alters(entry.Path):
		return ByPresence, true
	case entry.Size != size:
		return BySize, false
	case entry.Hash == "" || hash == "":
		return BySize, true
	default:
		return ByHash, entry.Hash == hash
	}
}
