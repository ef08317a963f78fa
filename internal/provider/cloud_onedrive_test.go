package provider

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/rclone/rclone/backend/onedrive/quickxorhash"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func onedriveConfig(c *cloud) []string {
	return []string{"type = onedrive", c.oauth(), "drive_id = d1", "drive_type = business"}
}

// onedriveAPI answers as Microsoft Graph does (learn.microsoft.com/graph/api/resources/onedrive).
func onedriveAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/monitor" {
		c.answer(w, 200, record{"status": "completed"})
		return
	}
	rest := strings.TrimPrefix(req.URL.Path, "/v1.0/drives/d1")
	parent, leaf, action := onedriveTarget(c, rest)
	if parent == nil {
		onedriveRefuse(c, w, 404, "itemNotFound")
		return
	}
	target := parent
	if leaf != "" {
		target = c.child(parent.id, leaf)
	}
	if target == nil && (req.Method != http.MethodPut || action != "content") {
		onedriveRefuse(c, w, 404, "itemNotFound")
		return
	}
	conflict := req.URL.Query().Get("@microsoft.graph.conflictBehavior")
	switch {
	case req.Method == http.MethodGet && action == "children":
		list := []record{}
		for _, n := range c.children(target.id) {
			list = append(list, onedriveItem(n))
		}
		c.answer(w, 200, record{"value": list})
	case req.Method == http.MethodGet && action == "content":
		_, _ = w.Write(target.data)
	case req.Method == http.MethodGet:
		c.answer(w, 200, onedriveItem(target))
	case req.Method == http.MethodPost && action == "children":
		var body struct{ Name string }
		_ = json.NewDecoder(req.Body).Decode(&body)
		if c.child(target.id, body.Name) != nil {
			onedriveRefuse(c, w, 409, "nameAlreadyExists")
			return
		}
		c.answer(w, 201, onedriveItem(c.add(target.id, body.Name, true, nil)))
	case req.Method == http.MethodPut && action == "content":
		data, _ := io.ReadAll(req.Body)
		if target != nil && conflict == "fail" {
			onedriveRefuse(c, w, 409, "nameAlreadyExists")
			return
		}
		if target != nil {
			target.data = data // replaced
		} else {
			target = c.add(parent.id, leaf, false, data)
		}
		c.answer(w, 201, onedriveItem(target))
	case req.Method == http.MethodPost && action == "copy":
		onedriveCopy(c, w, req, target, conflict)
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func onedriveCopy(c *cloud, w http.ResponseWriter, req *http.Request, from *node, conflict string) {
	var body struct {
		Name            string
		ParentReference struct{ ID string }
	}
	_ = json.NewDecoder(req.Body).Decode(&body)
	if there := c.child(body.ParentReference.ID, body.Name); there != nil {
		if conflict == "fail" {
			onedriveRefuse(c, w, 409, "nameAlreadyExists")
			return
		}
		there.data = from.data
	} else {
		c.add(body.ParentReference.ID, body.Name, false, from.data)
	}
	w.Header().Set("Location", "https://graph.microsoft.com/monitor?cloud="+c.token)
	w.WriteHeader(http.StatusAccepted)
}

// onedriveTarget splits /root:/a/b:/content and /items/id:/leaf:/content into a node, a name in it, and an action.
func onedriveTarget(c *cloud, rest string) (parent *node, leaf, action string) {
	head, tail, relative := strings.Cut(rest, ":/")
	parts := strings.Split(strings.Trim(head, "/"), "/")
	if parts[0] == "root" {
		parent = c.node(cloudRoot)
		parts = parts[1:]
	} else {
		parent = c.node(parts[1])
		parts = parts[2:]
	}
	if !relative {
		return parent, "", strings.Join(parts, "/")
	}
	names, action, _ := strings.Cut(tail, ":")
	all := strings.Split(strings.Trim(names, "/"), "/")
	for _, name := range all[:len(all)-1] {
		if parent != nil {
			parent = c.child(parent.id, name)
		}
	}
	return parent, all[len(all)-1], strings.Trim(action, "/")
}

func onedriveRefuse(c *cloud, w http.ResponseWriter, status int, code string) {
	c.answer(w, status, record{"error": record{"code": code, "message": code}})
}

func onedriveItem(n *node) record {
	item := record{"id": n.id, "name": n.name, "size": len(n.data), "lastModifiedDateTime": cloudTime,
		"createdDateTime": cloudTime, "parentReference": record{"driveId": "d1", "id": n.parent}}
	if n.dir {
		item["folder"] = record{"childCount": 1}
		return item
	}
	hash := quickxorhash.Sum(n.data)
	item["file"] = record{"mimeType": "text/plain", "hashes": record{"quickXorHash": base64.StdEncoding.EncodeToString(hash[:])}}
	return item
}
