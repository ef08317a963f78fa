package provider

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Buckets keep their objects in the cloud's tree; a key with a slash at its end is a folder's marker.

func (c *cloud) keys(prefix string) []string {
	var list []string
	var walk func(at *node, above string)
	walk = func(at *node, above string) {
		for _, n := range c.children(at.id) {
			key := path.Join(above, n.name)
			if n.dir && string(n.data) == "marker" && strings.HasPrefix(key+"/", prefix) {
				list = append(list, key+"/")
			}
			if n.dir {
				walk(n, key)
			} else if strings.HasPrefix(key, prefix) {
				list = append(list, key)
			}
		}
	}
	walk(c.node(cloudRoot), "")
	return list
}

// object finds what a key names: a file, or a folder's marker.
func (c *cloud) object(key string) *node {
	n := c.path(key)
	if n == nil || n.dir != strings.HasSuffix(key, "/") || n.dir && string(n.data) != "marker" {
		return nil
	}
	return n
}

func (c *cloud) store(key string, data []byte) *node {
	at := c.node(cloudRoot)
	parts := strings.Split(strings.TrimSuffix(key, "/"), "/")
	for i, name := range parts {
		next := c.child(at.id, name)
		dir := i < len(parts)-1 || strings.HasSuffix(key, "/")
		if next == nil {
			next = c.add(at.id, name, dir, nil)
		}
		at = next
	}
	at.data = data
	if at.dir {
		at.data = []byte("marker")
	}
	return at
}

func gcsConfig(c *cloud) []string {
	return []string{"type = google cloud storage", c.oauth(), "bucket_policy_only = true"}
}

// gcsAPI answers as Google Cloud Storage does (cloud.google.com/storage/docs/json_api).
func gcsAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	rest, upload := strings.CutPrefix(req.URL.EscapedPath(), "/upload")
	parts := strings.Split(strings.Trim(strings.TrimPrefix(rest, "/storage/v1"), "/"), "/") // b, bucket, o, object…
	key := ""
	if len(parts) > 3 {
		key, _ = url.PathUnescape(parts[3])
		key = parts[1] + "/" + key
	}
	switch {
	case req.Method == http.MethodGet && len(parts) == 3:
		items := []record{}
		for _, key := range c.keys(parts[1] + "/" + query.Get("prefix")) {
			items = append(items, gcsItem(parts[1], key, c.path(key)))
		}
		c.answer(w, 200, record{"items": items})
	case req.Method == http.MethodGet && query.Get("alt") == "media":
		_, _ = w.Write(c.object(key).data)
	case req.Method == http.MethodGet:
		if n := c.object(key); n != nil {
			c.answer(w, 200, gcsItem(parts[1], key, n))
			return
		}
		gcsRefuse(c, w, 404, "notFound")
	case req.Method == http.MethodPost && upload:
		_, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
		form := multipart.NewReader(req.Body, params["boundary"])
		var meta struct{ Name string }
		part, _ := form.NextPart()
		_ = json.NewDecoder(part).Decode(&meta)
		part, _ = form.NextPart()
		data, _ := io.ReadAll(part)
		gcsStore(c, w, req, parts[1], parts[1]+"/"+meta.Name, data, false)
	case req.Method == http.MethodPost && len(parts) == 9 && parts[4] == "rewriteTo":
		to, _ := url.PathUnescape(parts[8])
		gcsStore(c, w, req, parts[6], parts[6]+"/"+to, c.object(key).data, true)
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func gcsStore(c *cloud, w http.ResponseWriter, req *http.Request, bucket, key string, data []byte, rewrite bool) {
	if c.object(key) != nil && req.URL.Query().Get("ifGenerationMatch") == "0" {
		gcsRefuse(c, w, 412, "conditionNotMet")
		return
	}
	item := gcsItem(bucket, key, c.store(key, data))
	if rewrite {
		item = record{"done": true, "resource": item}
	}
	c.answer(w, 200, item)
}

func gcsRefuse(c *cloud, w http.ResponseWriter, status int, reason string) {
	c.answer(w, status, record{"error": record{"code": status, "message": reason, "errors": []record{{"reason": reason}}}})
}

func gcsItem(bucket, key string, n *node) record {
	data := n.data
	if n.dir {
		data = nil
	}
	sum := md5.Sum(data)
	return record{"bucket": bucket, "name": strings.TrimPrefix(key, bucket+"/"), "size": len64(data), "updated": cloudTime,
		"md5Hash": base64.StdEncoding.EncodeToString(sum[:]), "contentType": "text/plain"}
}

func azureConfig(c *cloud) []string {
	return []string{"type = azureblob", "sas_url = https://acme.blob.core.windows.net/?sv=2024&sig=x&cloud=" + c.token}
}

// azureAPI answers as Azure Blob Storage does (learn.microsoft.com/rest/api/storageservices).
func azureAPI(c *cloud, w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	key := strings.TrimPrefix(req.URL.Path, "/")
	w.Header().Set("Last-Modified", "Tue, 01 Dec 2026 10:00:00 GMT")
	w.Header().Set("Etag", `"0x1"`)
	switch {
	case req.Method == http.MethodGet && query.Get("comp") == "list":
		azureList(c, w, strings.Trim(key, "/"), query.Get("prefix"))
	case req.Method == http.MethodGet || req.Method == http.MethodHead:
		n := c.object(key)
		if n == nil {
			azureRefuse(w, 404, "BlobNotFound")
			return
		}
		w.Header().Set("X-Ms-Blob-Type", "BlockBlob")
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", len64(n.data))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(n.data)
	case req.Method == http.MethodPut:
		if c.object(key) != nil && req.Header.Get("If-None-Match") == "*" {
			azureRefuse(w, 409, "BlobAlreadyExists")
			return
		}
		data, _ := io.ReadAll(req.Body)
		status := 201
		if source := req.Header.Get("X-Ms-Copy-Source"); source != "" {
			from, _ := url.Parse(source)
			data, status = c.object(strings.TrimPrefix(from.Path, "/")).data, 202
			w.Header().Set("X-Ms-Copy-Status", "success")
		}
		c.store(key, data)
		w.WriteHeader(status)
	default:
		http.Error(w, "not here", http.StatusTeapot)
	}
}

func azureRefuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Ms-Error-Code", code)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code></Error>`, code)
}

func azureList(c *cloud, w http.ResponseWriter, container, prefix string) {
	var b strings.Builder
	for _, key := range c.keys(container + "/" + prefix) {
		n := c.path(key)
		data := n.data
		if n.dir {
			data = nil
		}
		sum := md5.Sum(data)
		fmt.Fprintf(&b, `<Blob><Name>%s</Name><Properties><Last-Modified>Tue, 01 Dec 2026 10:00:00 GMT</Last-Modified>`+
			`<Content-Length>%d</Content-Length><Content-Type>text/plain</Content-Type><Content-MD5>%s</Content-MD5>`+
			`<BlobType>BlockBlob</BlobType></Properties></Blob>`,
			strings.TrimPrefix(key, container+"/"), len(data), base64.StdEncoding.EncodeToString(sum[:]))
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="%s"><Blobs>%s</Blobs>`+
		`<NextMarker /></EnumerationResults>`, container, b.String())
}
