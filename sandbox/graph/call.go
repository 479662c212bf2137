package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxGraphBody is the largest body of a Graph call.
const maxGraphBody = 1 << 20

// principal is the kind of token that a call has.
type principal int

const (
	asPage principal = iota + 1
	asUser
	asApp
)

// call is one request to the Graph API, with its parameters from wherever Meta accepts them: the
// query, a form or a JSON body.
type call struct {
	r       *http.Request
	version string
	path    []string
	query   url.Values
	form    url.Values
	file    *sentFile
	body    map[string]json.RawMessage
	who     principal
	token   string
	holds   *credential // the credential of the token; nil for the app's
}

// newestVersion is the newest version of the Graph API, which a call without a version gets.
//
// Source: Graph API, "Changelog": 4 November 2026.
const (
	newestMajor   = 27
	newestVersion = "v27.0"
)

// isVersion reports whether a segment of a path is a version, such as v26.0.
func isVersion(segment string) bool {
	rest, ok := strings.CutPrefix(segment, "v")
	major, minor, dot := strings.Cut(rest, ".")
	if !ok || !dot || len(minor) != 1 || !isDigits(minor) || !isDigits(major) || major[0] == '0' {
		return false
	}
	n, err := strconv.Atoi(major)
	return err == nil && (n < newestMajor || segment == newestVersion)
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// readCall parses a request. It always returns a call, so that an error can be answered in the
// right version.
func readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{r: r, version: newestVersion, query: r.URL.Query()}
	for segment := range strings.SplitSeq(r.URL.Path, "/") {
		if segment != "" {
			c.path = append(c.path, segment)
		}
	}
	if len(c.path) > 0 && isVersion(c.path[0]) {
		c.version, c.path = c.path[0], c.path[1:]
	}
	most := int64(maxGraphBody)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		most = maxUpload
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return c, &graphError{code: 1, status: http.StatusRequestEntityTooLarge, message: "Please reduce the amount of data you're asking for, then retry your request"}
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return c, nil
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if c.form, err = url.ParseQuery(string(raw)); err != nil {
			return c, badParam("Invalid parameter: the form cannot be read")
		}
	case "multipart/form-data":
		c.form, c.file, err = readMultipart(raw, params["boundary"])
		if err != nil {
			return c, badParam("Invalid parameter: the form cannot be read")
		}
	default:
		if json.Unmarshal(raw, &c.body) != nil {
			return c, badParam("Invalid parameter: the body is not a JSON object")
		}
	}
	return c, nil
}

// param returns a parameter as text; "" if absent. JSON other than a string is returned as it
// is.
func (c *call) param(name string) string {
	if raw, ok := c.body[name]; ok {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
		return string(raw)
	}
	if c.form.Has(name) {
		return c.form.Get(name)
	}
	return c.query.Get(name)
}

// object decodes a parameter that is a JSON object, or a string with one inside as in forms. It
// reports whether the parameter was present.
func (c *call) object(name string, into any) (bool, error) {
	text := c.param(name)
	if text == "" || text == "null" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return true, badParam("param %s must be a valid JSON object", name)
	}
	return true, nil
}
