package conversations

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/store"
	"parley/hub/uploads"
	"parley/model"
)

// uploadTime is how long a file may take to arrive.
const uploadTime = 10 * time.Minute

// maxForm is how much larger than its file a form may be, and how much of it may precede the
// file.
const maxForm = 64 << 10

// UploadsPath is the path for uploading files.
const UploadsPath = "/v1/uploads"

// uploadStalls is how long an upload may stand still.
const uploadStalls = 30 * time.Second

func (s *Routes) uploads(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "upload", Method: http.MethodPost, Path: UploadsPath,
		Summary: "Upload a file to attach to a reply", Tags: []string{"messages"}, Security: door.SignedIn, DefaultStatus: http.StatusCreated,
		Description: "A form with one file. Only who uploaded it can attach it, within a day. 409: refused by a rule; nothing is kept.",
	}, s.upload)
	// Documented only afterwards: huma would read a body that it knows of into memory.
	api.OpenAPI().Paths[UploadsPath].Post.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: "object", Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}},
		}}},
	}
}

// uploadInput is a body that is read while it arrives.
type uploadInput struct {
	ContentType string `header:"Content-Type"`
	body        io.Reader
}

// Resolve implements [huma.Resolver].
func (in *uploadInput) Resolve(ctx huma.Context) []error {
	in.body = &steady{Reader: ctx.BodyReader(), until: time.Now().Add(uploadTime), deadline: ctx.SetReadDeadline}
	return nil
}

// steady reads a body that may take longer than other requests, but must not stand still.
type steady struct {
	io.Reader
	until    time.Time
	deadline func(time.Time) error
}

// Read implements [io.Reader].
func (s *steady) Read(p []byte) (int, error) {
	next := time.Now().Add(uploadStalls)
	if next.After(s.until) {
		next = s.until
	}
	_ = s.deadline(next) // without support for deadlines it is a test's connection
	return s.Reader.Read(p)
}

// uploadBody is an upload as its owner sees it.
type uploadBody struct {
	ID   string          `json:"id"`
	Name model.Untrusted `json:"name"`
	Type string          `json:"type" enum:"image,video,audio,file" doc:"Meta's type, by how the file begins"`
	Size int64           `json:"size"`
	// ExpiresAt is until when it can be attached.
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Routes) upload(ctx context.Context, in *uploadInput) (*door.Body[uploadBody], error) {
	kind, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, door.NewProblem(http.StatusUnsupportedMediaType, door.CodeInvalid, "A file comes as multipart/form-data.")
	}
	// The library buffers up to 10 MB of what precedes a part's content.
	limited := &io.LimitedReader{R: in.body, N: maxForm}
	form := multipart.NewReader(limited, params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, door.NewProblem(http.StatusUnprocessableEntity, door.CodeInvalid, "The form holds no file.")
		}
		if part.FileName() == "" {
			continue
		}
		limited.N += model.MaxAttachment
		u, err := s.hub.Upload(ctx, door.User(ctx), model.Untrusted(part.FileName()), part)
		var refusal *model.Refusal
		switch {
		case errors.As(err, &refusal), errors.Is(err, store.ErrUnavailable):
			return nil, s.door.Problem(ctx, err)
		case err != nil:
			s.door.Log.Warn("upload not received", "error", err)
			return nil, door.NewProblem(http.StatusBadRequest, door.CodeInvalid, "The file did not come whole.")
		}
		return &door.Body[uploadBody]{Body: uploadBody{ID: u.ID, Name: u.Name, Type: u.Kind, Size: u.Size, ExpiresAt: u.At.Add(uploads.Unused)}}, nil
	}
}
