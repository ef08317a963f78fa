package upgrade

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// document is a JSON document of the ledger.
type document = map[string]any

func (s *site) path(key string) string {
	return filepath.Join(s.dir, "ledger", filepath.FromSlash(key))
}

func (s *site) read(t *testing.T, key string) document {
	t.Helper()
	data, err := os.ReadFile(s.path(key))
	require.NoError(t, err)
	var d document
	require.NoError(t, json.Unmarshal(data, &d), key)
	return d
}

func (s *site) write(t *testing.T, key string, d document) {
	t.Helper()
	data, err := json.MarshalIndent(d, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.path(key), append(data, '\n'), 0o600))
}

// entities are the active entities of the ledger, with where their files lie.
var entities = []struct {
	id, pool, place string
}{
	{"acme-ca", "north", "Acme/Canada/"},
	{"acme-us", "north", "Acme/US/"},
	{"groesse", "north", "Größe & Söhne/Close/"},
	{"initech", "south", "close/Initech/"},
	{"nihon", "north", "日本株式会社/"},
	{"umbrella", "south", "close/Umbrella/Close 2020/"},
}

// closePeriod does what people do in a month: balances, sign-offs, documents. Entities whose ids begin with unclosed leave the period open.
func (s *site) closePeriod(t *testing.T, p, month, unclosed string) {
	t.Helper()
	for n, e := range entities {
		prefix := "entities/" + e.id + "/" + p + "/"
		reconciliations := s.read(t, prefix+"reconciliations.json")
		for i, item := range reconciliations["items"].([]any) {
			fields := item.(document)
			fields["closing"] = fmt.Sprintf("%d.%02d", (n+1)*(i+3)*1789-9000, n*7+i*13)
			fields["status"] = "signed-off"
			fields["comments"] = []any{"agreed with the bank"}
		}
		s.write(t, prefix+"reconciliations.json", reconciliations)
		checklist := s.read(t, prefix+"checklist.json")
		for _, item := range checklist["items"].([]any) {
			fields := item.(document)
			fields["status"] = "signed-off"
			fields["signOffs"] = []any{document{"name": "Ann Archer", "at": "2027-01-05T09:30:00Z"}}
		}
		s.write(t, prefix+"checklist.json", checklist)
		if !strings.HasPrefix(e.id, unclosed) {
			s.write(t, prefix+"period.json", document{"version": 1, "period": p, "state": "closed"})
		}
		root := e.place + p[:4] + "/" + p[5:] + " " + month + "/"
		s.store(t, e.pool, root+"Bank/Agreements/Loan schedule "+p+".csv", []byte("month,principal\n"+p+",125000.00\n"))
		s.store(t, e.pool, root+"Bank/Statement "+p+".pdf", []byte("%PDF-1.4 of "+e.id+"\n"))
		s.store(t, e.pool, root+"Journals "+month+" "+p[:4]+".csv", []byte("account,amount\n2100,1250.00\n"))
		s.store(t, e.pool, root+"Notes of the controller.txt", []byte("Call the bank.\n"))
	}
}
