package messenger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// wireSentFile is an attachment that Meta has.
//
// Source: Messenger Platform, "Saving assets".
type wireSentFile struct {
	Type    string `json:"type"`
	Payload struct {
		ID       string `json:"attachment_id,omitempty"`
		Reusable bool   `json:"is_reusable,omitempty"`
	} `json:"payload"`
}

// fileBody is a form with a file, which is read while it is sent.
type fileBody struct {
	content io.Reader
	length  int64
	kind    string
}

// newFileBody returns the form in which Meta accepts a file: the fields, then the file.
func newFileBody(fields map[string]string, f model.OutgoingFile, content io.Reader) (*fileBody, error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			return nil, err
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="filedata"; filename="%s"`, quotedName(f.Name)))
	h.Set("Content-Type", f.Media)
	if _, err := form.CreatePart(h); err != nil {
		return nil, err
	}
	before := head.Len()
	if err := form.Close(); err != nil {
		return nil, err
	}
	all := head.Bytes()
	return &fileBody{
		content: io.MultiReader(bytes.NewReader(all[:before]), content, bytes.NewReader(all[before:])),
		length:  int64(len(all)) + f.Size, kind: form.FormDataContentType(),
	}, nil
}

// quotedName returns a file's name as a quoted string for a header.
func quotedName(s string) string {
	return strings.NewReplacer("\\", "_", `"`, "_", "\r", "_", "\n", "_").Replace(s)
}

// UploadFile has Meta keep a file for the Page to send.
//
// Source: Messenger Platform, "Saving assets", message_attachments.
func (c *Client) UploadFile(ctx context.Context, f model.OutgoingFile) model.Outcome {
	if f.Token == "" {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.PageDisconnected}
	}
	file, err := f.Open()
	if err != nil {
		c.log.ErrorContext(ctx, "file can't be read", keyCall, "upload", keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.UploadGone}
	}
	defer file.Close()
	attachment := wireSentFile{Type: f.Kind}
	attachment.Payload.Reusable = true
	message, err := json.Marshal(map[string]any{"attachment": attachment})
	if err != nil {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
	}
	body, err := newFileBody(map[string]string{"message": string(message)}, f, file)
	if err != nil {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
	}
	req, err := c.build(ctx, request{
		name: "upload", method: http.MethodPost, path: []string{string(f.Page), "message_attachments"}, file: body, token: f.Token,
	})
	if err != nil {
		c.log.ErrorContext(ctx, "no request can be made", keyCall, "upload", keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
	}
	return c.uploaded(ctx, req, f)
}

// uploaded makes the call and returns what its answer means.
func (c *Client) uploaded(ctx context.Context, req *http.Request, f model.OutgoingFile) model.Outcome {
	a, err := c.roundTrip(req)
	if err != nil {
		c.log.WarnContext(ctx, "graph call without an answer", keyCall, "upload", keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeUncertain}
	}
	var w struct {
		ID meta.LooseID `json:"attachment_id"`
	}
	if a.ok() && json.Unmarshal(a.body, &w) == nil && w.ID != "" {
		return model.Outcome{Kind: model.OutcomeAccepted, AttachmentID: string(w.ID)}
	}
	if e := c.graphError(a, string(f.Page), f.Token); e != nil {
		c.logRefusal(ctx, slog.LevelWarn, "upload", e)
		return classify(e)
	}
	c.log.WarnContext(ctx, "graph answer unreadable", keyCall, "upload", keyStatus, a.status)
	return model.Outcome{Kind: model.OutcomeUncertain, Detail: a.summary()}
}
