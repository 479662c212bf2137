package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"parley/model"
)

const png = "\x89PNG\r\n\x1a\n"

// form is a form with a file, and its content type.
func form(t testing.TB, field, name string, content io.Reader) (io.Reader, string) {
	t.Helper()
	var head bytes.Buffer
	f := multipart.NewWriter(&head)
	if err := f.WriteField("note", "not the file"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreateFormFile(field, name); err != nil {
		t.Fatal(err)
	}
	tail := "\r\n--" + f.Boundary() + "--\r\n"
	return io.MultiReader(&head, content, strings.NewReader(tail)), f.FormDataContentType()
}

// upload uploads a file as somebody.
func (w *world) upload(who account, name string, content io.Reader) answer {
	w.Helper()
	body, kind := form(w, "file", name, content)
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.server.URL+"/v1/uploads", body)
	w.must(err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+who.token)
	resp, err := w.server.Client().Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	return answer{TB: w.TB, status: resp.StatusCode, header: resp.Header, body: raw}
}

func TestAFileIsUploadedSentAndRead(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.run()
	var u struct{ ID, Name, Type string }
	w.upload(w.cat, "机 <b>.png", strings.NewReader(png+"<script>")).want(http.StatusCreated).into(&u)
	if u.Type != "image" || u.Name != "机 <b>.png" {
		t.Errorf("uploaded %+v", u)
	}
	m := w.reply(w.cat, page, hanako, map[string]any{"client_id": newClientID(), "text": "", "attachments": []string{u.ID}})
	m = w.wait(w.cat, m, model.Sent)
	if len(m.Attachments) != 1 || m.Attachments[0].Type != "image" || m.Attachments[0].Size != 16 {
		t.Fatalf("sent %+v", m.Attachments)
	}
	a := w.do(w.ann, http.MethodGet, "/v1/media/"+m.Attachments[0].ID, nil).want(http.StatusOK)
	if string(a.body) != png+"<script>" {
		t.Errorf("it holds %q", a.body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := a.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("Content-Disposition: %q", got)
	}
	// Who does not see the conversation sees no file of it: as if there were none.
	w.setVisibility(w.ann, page, model.Private)
	hidden := w.do(w.cat, http.MethodGet, "/v1/media/"+m.Attachments[0].ID, nil)
	none := w.do(w.cat, http.MethodGet, "/v1/media/"+m.Attachments[0].ID+"0", nil)
	hidden.problem(http.StatusNotFound, "not_found")
	if !indistinct(hidden, none) {
		t.Errorf("hidden %s, missing %s", hidden.body, none.body)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.upload(w.ann, "a.txt", strings.NewReader("")).problem(http.StatusConflict, model.AttachmentEmpty)
	w.upload(w.ann, "a.png", strings.NewReader("text")).problem(http.StatusConflict, model.AttachmentType)
	w.upload(w.ann, "a.bin", io.LimitReader(zeros{}, model.MaxAttachment+1)).problem(http.StatusConflict, model.AttachmentTooBig)
	w.upload(w.ann, "a.bin", io.LimitReader(zeros{}, model.MaxAttachment)).want(http.StatusCreated)
	const file = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nwhole\r\n--x--\r\n"
	for name, tt := range map[string]struct {
		kind, body string
		status     int
	}{
		"json":            {"application/json", "{}", http.StatusUnsupportedMediaType},
		"no boundary":     {"multipart/form-data", "x", http.StatusUnsupportedMediaType},
		"no file":         {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n", http.StatusUnprocessableEntity},
		"cut short":       {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf", http.StatusBadRequest},
		"nothing":         {"multipart/form-data; boundary=x", "", http.StatusUnprocessableEntity},
		"much before it":  {"multipart/form-data; boundary=x", "--x\r\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 100) + file, http.StatusUnprocessableEntity},
		"parts before it": {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("y", 100_000) + "\r\n--x\r\n" + file, http.StatusUnprocessableEntity},
	} {
		a := w.send(http.MethodPost, "/v1/uploads", http.Header{"Authorization": {"Bearer " + w.ann.token}, "Content-Type": {tt.kind}}, tt.body)
		if a.status != tt.status {
			t.Errorf("%s: %d %s", name, a.status, a.body)
			continue
		}
		a.problem(tt.status, "invalid")
	}
	var many []string
	for i := range model.MaxAttachments + 1 {
		many = append(many, fmt.Sprint(i))
	}
	to := conversation(page, hanako) + "/messages"
	w.do(w.ann, http.MethodPost, to, with(text("x"), "attachments", many)).problem(http.StatusUnprocessableEntity, "invalid")
	w.do(w.ann, http.MethodPost, to, with(text("x"), "attachments", []string{"1"})).problem(http.StatusConflict, model.UploadGone)
}

// zeros is a file without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
