package provider

import (
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/rclone/rclone/backend/dropbox/dbhash"
)

func dropboxConfig(c *cloud) []string { return []string{"type = dropbox", c.oauth()} }

// dropboxAPI answers as Dropbox does (dropbox.com/developers/documentation/http).
func dropboxAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	argument := req.Header.Get("Dropbox-API-Arg")
	if argument == "" {
		body, _ := io.ReadAll(req.Body)
		argument = string(body)
	}
	var arg struct {
		Path, Mode     string
		FromPath       string `json:"from_path"`
		ToPath         string `json:"to_path"`
		StrictConflict bool   `json:"strict_conflict"`
	}
	if err := json.Unmarshal([]byte(argument), &arg); err != nil {
		http.Error(w, "bad argument: "+argument, http.StatusBadRequest)
		return
	}
	switch strings.TrimPrefix(req.URL.Path, "/2/files/") {
	case "get_metadata":
		if n := c.path(arg.Path); n != nil {
			c.answer(w, 200, dropboxItem(n, arg.Path))
			return
		}
		dropboxRefuse(c, w, "path/not_found/", record{".tag": "path", "path": record{".tag": "not_found"}})
	case "list_folder":
		n := c.path(arg.Path)
		if n == nil {
			dropboxRefuse(c, w, "path/not_found/", record{".tag": "path", "path": record{".tag": "not_found"}})
			return
		}
		entries := []record{}
		for _, child := range c.children(n.id) {
			entries = append(entries, dropboxItem(child, arg.Path+"/"+child.name))
		}
		c.answer(w, 200, record{"entries": entries, "cursor": "c", "has_more": false})
	case "create_folder_v2":
		if n := dropboxMake(c, w, arg.Path, true, nil); n != nil {
			c.answer(w, 200, record{"metadata": dropboxItem(n, arg.Path)})
		}
	case "upload":
		data, _ := io.ReadAll(req.Body)
		if arg.Mode != "add" || !arg.StrictConflict {
			http.Error(w, "would overwrite", http.StatusTeapot)
			return
		}
		if n := dropboxMake(c, w, arg.Path, false, data); n != nil {
			c.answer(w, 200, dropboxItem(n, arg.Path))
		}
	case "copy_v2":
		if n := dropboxMake(c, w, arg.ToPath, false, c.path(arg.FromPath).data); n != nil {
			c.answer(w, 200, record{"metadata": dropboxItem(n, arg.ToPath)})
		}
	case "download":
		n := c.path(arg.Path)
		_, _ = w.Write(n.data)
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func dropboxMake(c *cloud, w http.ResponseWriter, name string, dir bool, data []byte) *node {
	if c.path(name) != nil {
		dropboxRefuse(c, w, "path/conflict/file/", record{".tag": "path", "path": record{".tag": "conflict", "conflict": record{".tag": "file"}}})
		return nil
	}
	parent := c.path(path.Dir(name))
	return c.add(parent.id, path.Base(name), dir, data)
}

func dropboxRefuse(c *cloud, w http.ResponseWriter, summary string, tag record) {
	c.answer(w, 409, record{"error_summary": summary, "error": tag})
}

func dropboxItem(n *node, at string) record {
	item := record{".tag": "file", "id": "id:" + n.id, "name": n.name, "path_display": at, "path_lower": strings.ToLower(at)}
	if n.dir {
		item[".tag"] = "folder"
		return item
	}
	hash := dbhash.New()
	_, _ = hash.Write(n.data)
	item["size"], item["client_modified"], item["server_modified"] = len(n.data), cloudTime, cloudTime
	item["content_hash"] = hexOf(hash.Sum(nil))
	item["rev"], item["is_downloadable"] = "012345678", true
	return item
}
