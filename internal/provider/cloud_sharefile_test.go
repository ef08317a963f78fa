package provider

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

func len64(data []byte) string { return strconv.Itoa(len(data)) }

func sharefileConfig(c *cloud) []string {
	return []string{"type = sharefile", "endpoint = https://acme.sharefile.com", "root_folder_id = " + cloudRoot, c.oauth()}
}

var sharefileItems = regexp.MustCompile(`^/sf/v3/Items\(([^)]*)\)(.*)$`)

// sharefileAPI answers as ShareFile does (api.sharefile.com/docs).
func sharefileAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/upload-here" {
		data, _ := io.ReadAll(req.Body)
		n := c.add(req.URL.Query().Get("parent"), req.URL.Query().Get("name"), false, data)
		sum := md5.Sum(data)
		c.answer(w, 200, record{"error": false, "value": []record{{"id": n.id, "filename": n.name, "size": len(data),
			"md5": hexOf(sum[:]), "uploadid": "u", "parentid": n.parent, "displayname": n.name}}})
		return
	}
	match := sharefileItems.FindStringSubmatch(req.URL.Path)
	if match == nil {
		http.Error(w, "not here", http.StatusTeapot)
		return
	}
	at, action := c.node(match[1]), match[2]
	switch {
	case at == nil:
		c.answer(w, 404, record{"code": "NotFound"})
	case req.Method == http.MethodGet && action == "/Children":
		list := []record{}
		for _, n := range c.children(at.id) {
			list = append(list, sharefileItem(n))
		}
		c.answer(w, 200, record{"odata.count": len(list), "value": list})
	case req.Method == http.MethodGet && action == "/Download":
		c.answer(w, 200, record{"DownloadUrl": "https://acme.sharefile.com/sf/v3/Items(" + at.id + ")/Bytes?cloud=" + c.token})
	case req.Method == http.MethodGet && action == "/Bytes":
		_, _ = w.Write(at.data)
	case req.Method == http.MethodGet && action == "/ByPath":
		sharefileFind(c, w, at, req.URL.Query().Get("path"))
	case req.Method == http.MethodGet:
		c.answer(w, 200, sharefileItem(at))
	case req.Method == http.MethodPost && action == "/Folder":
		var body struct{ Name string }
		_ = json.NewDecoder(req.Body).Decode(&body)
		c.answer(w, 200, sharefileItem(c.add(at.id, body.Name, true, nil)))
	case req.Method == http.MethodPost && action == "/Upload2":
		sharefileAnnounce(c, w, req, at)
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func sharefileFind(c *cloud, w http.ResponseWriter, at *node, path string) {
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		if at = c.child(at.id, name); at == nil {
			c.answer(w, 404, record{"code": "NotFound"})
			return
		}
	}
	c.answer(w, 200, sharefileItem(at))
}

func sharefileAnnounce(c *cloud, w http.ResponseWriter, req *http.Request, at *node) {
	var body struct {
		FileName, Filename string
		Overwrite          bool
	}
	_ = json.NewDecoder(req.Body).Decode(&body)
	if body.Overwrite {
		http.Error(w, "would overwrite", http.StatusTeapot)
		return
	}
	if c.child(at.id, body.Filename+body.FileName) != nil {
		c.answer(w, 409, record{"code": "Conflict", "message": record{"value": "A file with that name already exists."}})
		return
	}
	c.answer(w, 200, record{"Method": "standard", "ChunkUri": fmt.Sprintf("https://acme.sharefile.com/upload-here?cloud=%s&parent=%s&name=%s",
		c.token, at.id, url.QueryEscape(body.Filename+body.FileName))})
}

func sharefileItem(n *node) record {
	kind := "ShareFile.Api.Models.File"
	if n.dir {
		kind = "ShareFile.Api.Models.Folder"
	}
	sum := md5.Sum(n.data)
	return record{"Id": n.id, "Name": n.name, "FileName": n.name, "FileSizeBytes": len(n.data), "odata.type": kind,
		"Hash": hexOf(sum[:]), "CreationDate": cloudTime, "ClientModifiedDate": cloudTime, "Parent": record{"Id": n.parent}}
}
