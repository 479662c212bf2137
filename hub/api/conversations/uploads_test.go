package conversations_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"parley/hub/api/apitest"
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
func upload(w *apitest.World, who apitest.Account, name string, content io.Reader) apitest.Answer {
	w.Helper()
	body, kind := form(w, "file", name, content)
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.Server.URL+"/v1/uploads", body)
	w.Must(err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+who.Token)
	resp, err := w.Server.Client().Do(req)
	w.Must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.Must(err)
	return apitest.Answer{TB: w.TB, Status: resp.StatusCode, Header: resp.Header, Body: raw}
}

func TestAFileIsUploadedSentAndRead(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.Run()
	var u struct{ ID, Name, Type string }
	upload(w, w.Cat, "机 <b>.png", strings.NewReader(png+"<script>")).Want(http.StatusCreated).Into(&u)
	if u.Type != "image" || u.Name != "机 <b>.png" {
		t.Errorf("uploaded %+v", u)
	}
	m := w.Reply(w.Cat, apitest.Page, apitest.Hanako, map[string]any{"client_id": apitest.NewClientID(), "text": "", "attachments": []string{u.ID}})
	m = w.AwaitState(w.Cat, m, model.Sent)
	if len(m.Attachments) != 1 || m.Attachments[0].Type != "image" || m.Attachments[0].Size != 16 {
		t.Fatalf("sent %+v", m.Attachments)
	}
	a := w.Do(w.Ann, http.MethodGet, "/v1/media/"+m.Attachments[0].ID, nil).Want(http.StatusOK)
	if string(a.Body) != png+"<script>" {
		t.Errorf("it holds %q", a.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("Content-Disposition: %q", got)
	}
	// Who does not see the conversation sees no file of it: as if there were none.
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	hidden := w.Do(w.Cat, http.MethodGet, "/v1/media/"+m.Attachments[0].ID, nil)
	none := w.Do(w.Cat, http.MethodGet, "/v1/media/"+m.Attachments[0].ID+"0", nil)
	hidden.Problem(http.StatusNotFound, "not_found")
	if !apitest.Indistinct(hidden, none) {
		t.Errorf("hidden %s, missing %s", hidden.Body, none.Body)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	upload(w, w.Ann, "a.txt", strings.NewReader("")).Problem(http.StatusConflict, model.AttachmentEmpty)
	upload(w, w.Ann, "a.png", strings.NewReader("text")).Problem(http.StatusConflict, model.AttachmentType)
	upload(w, w.Ann, "a.bin", io.LimitReader(zeros{}, model.MaxAttachment+1)).Problem(http.StatusConflict, model.AttachmentTooBig)
	upload(w, w.Ann, "a.bin", io.LimitReader(zeros{}, model.MaxAttachment)).Want(http.StatusCreated)
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
		a := w.Send(http.MethodPost, "/v1/uploads", http.Header{"Authorization": {"Bearer " + w.Ann.Token}, "Content-Type": {tt.kind}}, tt.body)
		if a.Status != tt.status {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
			continue
		}
		a.Problem(tt.status, "invalid")
	}
	var many []string
	for i := range model.MaxAttachments + 1 {
		many = append(many, fmt.Sprint(i))
	}
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"
	w.Do(w.Ann, http.MethodPost, to, apitest.With(apitest.Text("x"), "attachments", many)).Problem(http.StatusUnprocessableEntity, "invalid")
	w.Do(w.Ann, http.MethodPost, to, apitest.With(apitest.Text("x"), "attachments", []string{"1"})).Problem(http.StatusConflict, model.UploadGone)
}

// zeros is a file without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
