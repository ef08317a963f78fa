package provider

import (
	"crypto/md5"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
)

func driveConfig(c *cloud) []string {
	return []string{"type = drive", "scope = drive", c.oauth(), "root_folder_id = " + cloudRoot}
}

const driveFolder = "application/vnd.google-apps.folder"

var (
	driveParents = regexp.MustCompile(`'([^']+)' in parents`)
	driveName    = regexp.MustCompile(`name='([^']+)'`)
)

// driveAPI answers as Google Drive does (developers.google.com/drive/api/reference/rest/v3). It lets names be used twice.
func driveAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	path := strings.TrimPrefix(req.URL.Path, "/drive/v3")
	var body struct {
		Name, MimeType string
		Parents        []string
	}
	switch {
	case req.Method == http.MethodGet && path == "/files":
		driveList(c, w, req.URL.Query().Get("q"))
	case req.Method == http.MethodGet && req.URL.Query().Get("alt") == "media":
		_, _ = w.Write(c.node(strings.TrimPrefix(path, "/files/")).data)
	case req.Method == http.MethodPost && path == "/files":
		_ = json.NewDecoder(req.Body).Decode(&body)
		c.answer(w, 200, driveItem(c.add(body.Parents[0], body.Name, true, nil)))
	case req.Method == http.MethodPost && path == "/upload/drive/v3/files":
		_, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
		parts := multipart.NewReader(req.Body, params["boundary"])
		part, _ := parts.NextPart()
		_ = json.NewDecoder(part).Decode(&body)
		part, _ = parts.NextPart()
		data, _ := io.ReadAll(part)
		c.answer(w, 200, driveItem(c.add(body.Parents[0], body.Name, false, data)))
	case req.Method == http.MethodPost && strings.HasSuffix(path, "/copy"):
		_ = json.NewDecoder(req.Body).Decode(&body)
		from := c.node(strings.Split(path, "/")[2])
		c.answer(w, 200, driveItem(c.add(body.Parents[0], body.Name, false, from.data)))
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func driveList(c *cloud, w http.ResponseWriter, query string) {
	files := []record{}
	for _, parent := range driveParents.FindAllStringSubmatch(query, -1) {
		for _, n := range c.children(parent[1]) {
			name := driveName.FindStringSubmatch(query)
			if name != nil && name[1] != n.name || strings.Contains(query, "(mimeType='"+driveFolder) && !n.dir {
				continue
			}
			files = append(files, driveItem(n))
		}
	}
	c.answer(w, 200, record{"files": files, "incompleteSearch": false})
}

func driveItem(n *node) record {
	item := record{"id": n.id, "name": n.name, "parents": []string{n.parent}, "modifiedTime": cloudTime, "trashed": false}
	if n.dir {
		item["mimeType"] = driveFolder
		return item
	}
	sum := md5.Sum(n.data)
	item["mimeType"], item["size"], item["md5Checksum"] = "text/plain", len64(n.data), hexOf(sum[:])
	return item
}
