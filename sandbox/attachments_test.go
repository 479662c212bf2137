package sandbox

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"
)

// uploads sends a form with a file to the Page.
func (b *box) uploads(edge string, fields map[string]string, media string, content []byte) reply {
	b.Helper()
	var body bytes.Buffer
	f := multipart.NewWriter(&body)
	for k, v := range fields {
		_ = f.WriteField(k, v)
	}
	part, err := f.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="filedata"; filename="desk.png"`}, "Content-Type": {media},
	})
	if err != nil {
		b.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = f.Close()
	i := b.Info()
	req, _ := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/v26.0/%s/%s?appsecret_proof=%s", i.GraphURL, i.PageID, edge, proof(i.AppSecret, i.PageToken)), &body)
	req.Header.Set("Content-Type", f.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+i.PageToken)
	return b.do(req)
}

func TestFilesAreKeptAndSent(t *testing.T) {
	t.Parallel()
	b := begin(t, Options{})
	b.says("1001", "hello")
	image := map[string]string{"message": `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`}
	id, _ := b.ok(b.uploads("message_attachments", image, "image/png", []byte("x"))).body["attachment_id"].(string)
	if id == "" {
		t.Fatal("no id")
	}
	byID := func(kind, id string) map[string]any {
		return map[string]any{"recipient": map[string]any{"id": "1001"}, "message": map[string]any{
			"attachment": map[string]any{"type": kind, "payload": map[string]any{"attachment_id": id}},
		}}
	}
	b.ok(b.page("POST", "/me/messages", byID("image", id)))
	b.ok(b.uploads("messages", map[string]string{
		"recipient": `{"id":"1001"}`, "message": `{"attachment":{"type":"image","payload":{}}}`,
	}, "image/png", []byte("x")))
	if got := b.got("1001"); len(got) != 2 || got[0] != "[image]" || got[1] != "[image]" {
		t.Errorf("the customer got %q", got)
	}
	for name, c := range map[string]struct {
		r       reply
		subcode int
	}{
		"foreign id":   {b.page("POST", "/me/messages", byID("image", "1")), 2018074},
		"another type": {b.page("POST", "/me/messages", byID("video", id)), 2018047},
		"no picture":   {b.uploads("message_attachments", image, "text/plain", []byte("x")), 2018047},
		"too big":      {b.uploads("message_attachments", image, "image/png", make([]byte, maxFile+1)), 2018109},
	} {
		if code, sub := c.r.code(); code != 100 || sub != c.subcode {
			t.Errorf("%s: %s", name, c.r.raw)
		}
	}
}
