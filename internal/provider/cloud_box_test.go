package provider

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

func boxConfig(c *cloud) []string {
	return []string{"type = box", "access_token = " + c.token, "root_folder_id = " + cloudRoot}
}

// boxAPI answers as Box does (developer.box.com/reference).
func boxAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(req.URL.Path, "/api"), "/2.0")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var body struct {
		Name   string
		Parent struct{ ID string }
	}
	switch {
	case req.Method == http.MethodGet && len(parts) == 3 && parts[2] == "items":
		entries := []record{}
		for _, n := range c.children(parts[1]) {
			entries = append(entries, boxItem(n))
		}
		c.answer(w, 200, record{"total_count": len(entries), "entries": entries})
	case req.Method == http.MethodPost && path == "/folders":
		_ = json.NewDecoder(req.Body).Decode(&body)
		boxMake(c, w, body.Parent.ID, body.Name, true, nil)
	case req.Method == http.MethodOptions:
		_ = json.NewDecoder(req.Body).Decode(&body)
		if n := c.child(body.Parent.ID, body.Name); n != nil {
			boxConflict(c, w, n)
			return
		}
		c.answer(w, 200, record{"upload_url": "https://upload.box.com/"})
	case req.Method == http.MethodPost && path == "/files/content":
		_ = req.ParseMultipartForm(1 << 20)
		_ = json.Unmarshal([]byte(req.FormValue("attributes")), &body)
		file, _, _ := req.FormFile("contents")
		data, _ := io.ReadAll(file)
		boxMake(c, w, body.Parent.ID, body.Name, false, data)
	case req.Method == http.MethodPost && len(parts) == 3 && parts[2] == "copy":
		_ = json.NewDecoder(req.Body).Decode(&body)
		boxMake(c, w, body.Parent.ID, body.Name, false, c.node(parts[1]).data)
	case req.Method == http.MethodGet && len(parts) == 3 && parts[2] == "content":
		_, _ = w.Write(c.node(parts[1]).data)
	default:
		http.Error(w, "not here", http.StatusNotFound)
	}
}

func boxMake(c *cloud, w http.ResponseWriter, parent, name string, dir bool, data []byte) {
	if n := c.child(parent, name); n != nil {
		boxConflict(c, w, n)
		return
	}
	item := boxItem(c.add(parent, name, dir, data))
	item["total_count"], item["entries"] = 1, []record{boxItem(c.child(parent, name))}
	c.answer(w, 201, item)
}

func boxConflict(c *cloud, w http.ResponseWriter, n *node) {
	c.answer(w, 409, record{"type": "error", "status": 409, "code": "item_name_in_use",
		"context_info": record{"conflicts": boxItem(n)}})
}

func boxItem(n *node) record {
	kind := "file"
	if n.dir {
		kind = "folder"
	}
	sum := sha1.Sum(n.data)
	return record{"type": kind, "id": n.id, "name": n.name, "size": len(n.data), "sha1": hex.EncodeToString(sum[:]),
		"item_status": "active", "modified_at": cloudTime, "created_at": cloudTime,
		"content_created_at": cloudTime, "content_modified_at": cloudTime}
}
