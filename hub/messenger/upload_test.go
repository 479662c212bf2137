package messenger_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/hub/messenger"
	"parley/model"
)

func outgoing(content string) model.OutgoingFile {
	return model.OutgoingFile{
		Page: page, Token: token, Kind: "image", Media: "image/png", Name: "机 \"1\"\r\nX: y.png", Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

func TestUploadOnTheWire(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusOK, `{"attachment_id":"77"}`)
	c := g.client(t)
	if o := c.UploadFile(t.Context(), outgoing("content")); o.Kind != model.OutcomeAccepted || o.AttachmentID != "77" {
		t.Fatalf("%+v", o)
	}
	asked := g.asked()[0]
	if asked.path != "/v27.0/"+page+"/message_attachments" || asked.header.Get("Content-Length") == "" && asked.header.Get("Transfer-Encoding") != "" {
		t.Errorf("%s %v", asked.path, asked.header)
	}
	_, params, err := mime.ParseMediaType(asked.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(strings.NewReader(asked.body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Value["message"]; len(got) != 1 || got[0] != `{"attachment":{"type":"image","payload":{"is_reusable":true}}}` {
		t.Errorf("message %q", got)
	}
	file := form.File["filedata"]
	if len(file) != 1 || file[0].Header.Get("Content-Type") != "image/png" || file[0].Header.Get("X") != "" || file[0].Size != 7 {
		t.Errorf("file %+v", file)
	}
	if strings.Contains(asked.body, token) {
		t.Error("the token is in the body")
	}
}

func TestOutcomesOfUploads(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		want   model.OutcomeKind
		code   model.Code
	}{
		"too big":   {400, graphBody(100, 2018109, ""), model.OutcomeRefused, model.AttachmentTooBig},
		"type":      {400, graphBody(100, 2018047, ""), model.OutcomeRefused, model.AttachmentType},
		"limit":     {400, graphBody(80006, 0, ""), model.OutcomeRateLimited, ""},
		"temporary": {500, graphBody(2, 0, ""), model.OutcomeUncertain, ""},
		"no id":     {200, "{}", model.OutcomeUncertain, ""},
	} {
		if o := says(t, tt.status, tt.body).client(t).UploadFile(t.Context(), outgoing("x")); o.Kind != tt.want || o.Code != tt.code {
			t.Errorf("%s: %+v", name, o)
		}
	}
	f := outgoing("x")
	f.Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	if o := says(t, 200, "{}").client(t).UploadFile(t.Context(), f); o.Code != model.UploadGone {
		t.Errorf("a file that is gone: %+v", o)
	}
	f = outgoing("x")
	f.Size = 100 // it became shorter meanwhile
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer s.Close()
	if o := newClient(t, messenger.Config{GraphURL: s.URL}).UploadFile(t.Context(), f); o.Kind != model.OutcomeUncertain {
		t.Errorf("a file that is shorter than it was: %+v", o)
	}
}

func TestAnAttachmentOnTheWire(t *testing.T) {
	t.Parallel()
	g := says(t, http.StatusOK, accepted)
	r := reply()
	r.Text, r.ReplyTo, r.Attachment = "", "", &model.OutgoingAttachment{Kind: "image", ID: "77"}
	g.client(t).Send(t.Context(), r)
	want := `{"recipient":{"id":"7001002003004005"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"image","payload":{"attachment_id":"77"}},"metadata":"tok-1"}}`
	if got := g.asked()[0].body; got != want {
		t.Errorf("body %s", got)
	}
}
