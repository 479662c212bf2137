package api

import (
	"bytes"
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// docsPage lists the routes for a person with a browser. It needs no script and nothing from
// elsewhere: the details are in the OpenAPI document.
const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{{.Info.Title}} {{.Info.Version}}</title>
<h1>{{.Info.Title}} {{.Info.Version}}</h1>
<p>{{.Info.Description}}</p>
<p>The whole of it, for programs: <a href="/openapi.json">/openapi.json</a></p>
<table>
{{range .Routes}}<tr><td>{{.Method}}</td><td><code>{{.Path}}</code></td><td>{{.Summary}}</td><td>{{if not .Security}}open to all{{end}}</td></tr>
{{end}}</table>
</html>
`

// docsPolicy lets a browser fetch and run nothing for the page.
const docsPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// docs serves the list of the routes registered so far.
func docs(api huma.API) http.HandlerFunc {
	var b bytes.Buffer
	err := template.Must(template.New("docs").Parse(docsPage)).Execute(&b, struct {
		*huma.OpenAPI
		Routes []*huma.Operation
	}{api.OpenAPI(), routes(api.OpenAPI())})
	if err != nil {
		panic("api: the page about the interface: " + err.Error()) // made of the program's own parts
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", docsPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(b.Bytes())
	}
}

// routes returns the operations of a document, sorted by path and method.
func routes(d *huma.OpenAPI) []*huma.Operation {
	var all []*huma.Operation
	for _, p := range d.Paths {
		for _, o := range []*huma.Operation{p.Get, p.Put, p.Post, p.Patch, p.Delete} {
			if o != nil {
				all = append(all, o)
			}
		}
	}
	slices.SortFunc(all, func(a, b *huma.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}
