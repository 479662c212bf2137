package graph_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

// uploads sends a form with a file to the Page.
func uploads(b *sandboxtest.Box, edge string, fields map[string]string, media string, content []byte) sandboxtest.Reply {
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
	req, _ := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/v27.0/%s/%s?appsecret_proof=%s", i.GraphURL, i.PageID, edge, sandboxtest.Proof(i.AppSecret, i.PageToken)), &body)
	req.Header.Set("Content-Type", f.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+i.PageToken)
	return b.Do(req)
}

// pngFile is how a picture begins.
const pngFile = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// TestFilesAreWhatTheyHold: a file is taken as a picture, a film or sound only if it is one
// of a format that Meta takes, whatever its sender calls it; as a file, whatever it is.
func TestFilesAreWhatTheyHold(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	ftyp := func(brand string) string { return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00isommif1" }
	for name, c := range map[string]struct {
		content, media string
		kinds          []string // as which it is taken, besides file
	}{
		"png":               {pngFile, "image/png", []string{"image"}},
		"jpeg":              {"\xff\xd8\xff\xe0", "image/jpeg", []string{"image"}},
		"gif":               {"GIF89a", "image/gif", []string{"image"}},
		"heic":              {ftyp("heic"), "image/heic", nil},
		"heic called video": {ftyp("heic"), "video/mp4", nil},
		"avif":              {ftyp("avif"), "image/avif", nil},
		"raw":               {ftyp("crx "), "video/mp4", nil},
		"svg":               {`<svg xmlns="http://www.w3.org/2000/svg"></svg>`, "image/svg+xml", nil},
		"webp":              {"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", nil},
		"mp4":               {ftyp("isom"), "video/mp4", []string{"video"}},
		"mov":               {ftyp("qt  "), "video/quicktime", []string{"video"}},
		"mkv":               {"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video/webm", nil},
		"webm":              {"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm", []string{"video"}},
		"m4a":               {ftyp("M4A "), "audio/mp4", []string{"audio"}},
		"wav":               {"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav", []string{"audio"}},
		"ogg":               {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead", "audio/ogg", nil},
		"text":              {"hello", "image/png", nil},
	} {
		for _, kind := range []string{"image", "video", "audio", "file"} {
			fields := map[string]string{"message": `{"attachment":{"type":"` + kind + `","payload":{"is_reusable":true}}}`}
			r := uploads(b, "message_attachments", fields, c.media, []byte(c.content))
			_, sub := r.Code()
			if want := kind == "file" || slices.Contains(c.kinds, kind); want != (r.Status == http.StatusOK) || !want && sub != 2018047 {
				t.Errorf("%s as %s: %d %s", name, kind, r.Status, r.Raw)
			}
		}
	}
}

func TestFilesAreKeptAndSent(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	image := map[string]string{"message": `{"attachment":{"type":"image","payload":{"is_reusable":true}}}`}
	id, _ := b.OK(uploads(b, "message_attachments", image, "image/png", []byte(pngFile))).Body["attachment_id"].(string)
	if id == "" {
		t.Fatal("no id")
	}
	byID := func(kind, id string) map[string]any {
		return map[string]any{"recipient": map[string]any{"id": "1001"}, "message": map[string]any{
			"attachment": map[string]any{"type": kind, "payload": map[string]any{"attachment_id": id}},
		}}
	}
	b.OK(b.Page("POST", "/me/messages", byID("image", id)))
	b.OK(uploads(b, "messages", map[string]string{
		"recipient": `{"id":"1001"}`, "message": `{"attachment":{"type":"image","payload":{}}}`,
	}, "image/png", []byte(pngFile)))
	if got := b.Got("1001"); len(got) != 2 || got[0] != "[image]" || got[1] != "[image]" {
		t.Errorf("the customer got %q", got)
	}
	for name, c := range map[string]struct {
		r       sandboxtest.Reply
		subcode int
	}{
		"foreign id":      {b.Page("POST", "/me/messages", byID("image", "1")), 2018074},
		"another type":    {b.Page("POST", "/me/messages", byID("video", id)), 2018047},
		"no picture":      {uploads(b, "message_attachments", image, "image/png", []byte("x")), 2018047},
		"said to be none": {uploads(b, "message_attachments", image, "text/plain", []byte(pngFile)), 2018047},
		"too big":         {uploads(b, "message_attachments", image, "image/png", make([]byte, 25_000_000+1)), 2018109},
	} {
		if code, sub := c.r.Code(); code != 100 || sub != c.subcode {
			t.Errorf("%s: %s", name, c.r.Raw)
		}
	}
}
