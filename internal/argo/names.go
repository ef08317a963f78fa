package argo

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// nameLength is the most that a Workflow's name may have: Argo writes it into a label of every pod.
const nameLength = 63

// hashLength is how much of a name's hash tells names apart that had to be changed.
const hashLength = 10

// WorkflowName makes a Workflow's name of a worker's: the same wherever Kubernetes takes it, otherwise cut and made safe, with a
// hash of the whole at the end. The same worker always gets the same name, and no two workers get one.
func WorkflowName(worker string) string {
	if safe(worker) && len(worker) <= nameLength {
		return worker
	}
	sum := sha256.Sum256([]byte(worker))
	hash := hex.EncodeToString(sum[:])[:hashLength]
	readable := strings.Map(safeRune, strings.ToLower(worker))
	readable = readable[:min(len(readable), nameLength-hashLength-1)]
	readable = strings.Trim(readable, "-.")
	if readable == "" {
		return hash
	}
	return readable + "-" + hash
}

// safe reports whether a text is an RFC 1123 label; dots, which a Workflow's name may have, would only make more cases.
func safe(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return safeRune(r) != r }) < 0 &&
		text == strings.Trim(text, "-")
}

func safeRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return '-'
}

// labelValue makes a text fit for a label's value, in the same way.
func labelValue(text string) string { return WorkflowName(text) }
