package machine

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// MakeFolders creates those folders (and their parents) that the machine lacks, so that there is something to mount
// on, and notes them in the file record for RemoveFolders.
func MakeFolders(folders []string, record string) error {
	file, err := os.OpenFile(record, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write folder record: %w", err)
	}
	defer func() { _ = file.Close() }()
	for _, folder := range folders {
		for _, missing := range missingFolders(folder) {
			if _, err := fmt.Fprintln(file, missing); err != nil {
				return fmt.Errorf("write folder record: %w", err)
			}
			if err := os.Mkdir(missing, 0o755); err != nil {
				return fmt.Errorf("create folder: %w", err)
			}
		}
	}
	return nil
}

// missingFolders returns the folder and its ancestors as far as they do not exist, outermost first.
func missingFolders(folder string) []string {
	if _, err := os.Stat(folder); err == nil || folder == "/" {
		return nil
	}
	return append(missingFolders(filepath.Dir(folder)), folder)
}

// RemoveFolders removes the recorded folders, innermost first, unless somebody else uses them by now.
func RemoveFolders(record string) {
	data, err := os.ReadFile(record)
	if err != nil {
		return
	}
	var folders []string
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		folders = append(folders, lines.Text())
	}
	for i := len(folders) - 1; i >= 0; i-- {
		_ = os.Remove(folders[i]) // fails if not empty
	}
}
