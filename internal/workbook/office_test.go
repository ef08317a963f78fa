package workbook

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLibreOfficeReadsThem converts workbooks as a spreadsheet program reads them: formulas computed, formula-looking texts
// shown as they are.
func TestLibreOfficeReadsThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list, err := Checklist(acme(), checklist())
	require.NoError(t, err)
	one, err := Reconciliation(acme(), reconciliation(), december)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "list.xlsx"), list, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one.xlsx"), one, 0o600))
	soffice(t, dir, "csv:Text - txt - csv (StarCalc):44,34,76", "list.xlsx", "one.xlsx")

	csv := read(t, filepath.Join(dir, "list.csv"))
	require.Contains(t, csv, "=Acme & Söhne <株式会社>")
	require.Contains(t, csv, `+Cash,"=HYPERLINK(""http://evil"")",-Ann,2027-01-06`)
	require.Contains(t, csv, "@SUM(A1)")
	require.Contains(t, csv, "Signed off,1 of 2")

	csv = read(t, filepath.Join(dir, "one.csv"))
	require.Contains(t, csv, `Opening balance,"-1,234.50",Provisional until November 2026 is closed`)
	require.Contains(t, csv, `Balance by this reconciliation,"-1,234.50"`)
	require.Contains(t, csv, `Difference,"-2,000.00",To be explained`)
	require.Contains(t, csv, "Preparer,+Bo")

	soffice(t, dir, "pdf", "list.xlsx", "one.xlsx")
	require.Contains(t, read(t, filepath.Join(dir, "one.pdf")), "%PDF-")
}

// soffice converts workbooks with a profile of its own, so that it neither waits for nor disturbs another LibreOffice.
func soffice(t *testing.T, dir, to string, files ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args := []string{
		"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--convert-to", to, "--outdir", dir,
	}
	for _, file := range files {
		args = append(args, filepath.Join(dir, file))
	}
	out, err := exec.CommandContext(ctx, "soffice", args...).CombinedOutput()
	require.NoError(t, err, "LibreOffice Calc is needed for this test: %s", out)
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}
