package conversations

import (
	"cmp"
	"context"
	"errors"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/hub/api/door"
	"parley/hub/media"
	"parley/hub/uploads"
	"parley/model"
)

const (
	// mediaTime is how long a file may take to be read.
	mediaTime = 10 * time.Minute
	// mediaAgain is how long a client waits that asks for what is not fetched yet.
	mediaAgain = "2"
	// ticketPath is where a browser reads what a link was given out for.
	ticketPath = "/m/"
)

func (s *Routes) media(api huma.API, mux *http.ServeMux) {
	huma.Register(api, huma.Operation{
		OperationID: "get-media", Method: http.MethodGet, Path: "/v1/media/{media}",
		Summary: "What an attachment shows, by its id", Tags: []string{"messages"}, Security: door.SignedIn,
		Description: "The content of an attachment that has media, whole or a range of it. 409 media_pending: the hub is about to fetch it from Facebook. " +
			"410 media_gone: it could not be fetched, or is not kept any more, for the reason given.",
	}, s.getMedia)
	huma.Register(api, huma.Operation{
		OperationID: "link-media", Method: http.MethodPost, Path: "/v1/media/{media}/link",
		Summary: "A link by which a browser reads an attachment once", Tags: []string{"messages"}, Security: door.SignedIn, DefaultStatus: http.StatusCreated,
		Description: "For whoever sits at another machine than their terminal. It works once, for five minutes, as long as the user may see the message.",
	}, s.linkMedia)
	mux.HandleFunc("GET "+ticketPath+"{token}", s.mediaByTicket)
}

// MediaPath is a path with an attachment.
type MediaPath struct {
	Media string `path:"media" maxLength:"300"`
}

// mediaProblem returns the problem of an attachment that can't be read.
func (s *Routes) mediaProblem(ctx context.Context, err error) error {
	var refusal *model.Refusal
	p := s.door.Problem(ctx, err)
	if errors.As(err, &refusal) && refusal.Code == model.MediaNotYet {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {mediaAgain}})
	}
	return p
}

func (s *Routes) getMedia(ctx context.Context, in *MediaPath) (*huma.StreamResponse, error) {
	c, err := s.hub.Media(ctx, door.User(ctx), model.MediaID(in.Media))
	if err != nil {
		return nil, s.mediaProblem(ctx, err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		serveMedia(w, r, c)
	}}, nil
}

func (s *Routes) linkMedia(ctx context.Context, in *MediaPath) (*door.Body[model.MediaLink], error) {
	token, until, err := s.hub.MediaTicket(ctx, door.User(ctx), model.MediaID(in.Media))
	if err != nil {
		return nil, s.mediaProblem(ctx, err)
	}
	return &door.Body[model.MediaLink]{Body: model.MediaLink{URL: s.publicURL + ticketPath + token, ExpiresAt: until}}, nil
}

// mediaByTicket answers whoever has a link: once, and without a word of why not.
func (s *Routes) mediaByTicket(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // a HEAD would use it up for nothing
		w.Header().Set("Allow", http.MethodGet)
		door.WriteProblem(w, door.NewProblem(http.StatusMethodNotAllowed, door.CodeOfStatus(http.StatusMethodNotAllowed), "This can't be asked by that method."))
		return
	}
	c, err := s.hub.MediaByTicket(r.Context(), r.PathValue("token"))
	if err != nil {
		door.WriteProblem(w, door.NewProblem(http.StatusNotFound, door.CodeNotFound, "This link was used, is older than five minutes, or never was one."))
		return
	}
	r.Header.Del("Range") // what is read once is read whole
	serveMedia(w, r, c)
}

// serveMedia answers with a file that browsers save and never show, whatever it is.
func serveMedia(w http.ResponseWriter, r *http.Request, c media.Content) {
	defer func() { _ = c.File.Close() }()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(mediaTime)) // without support for deadlines it is a test's connection
	h := w.Header()
	h.Set("Content-Type", cmp.Or(c.Type, "application/octet-stream"))
	params := map[string]string{}
	if c.Name != "" {
		params["filename"] = string(uploads.BaseName(c.Name))
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", params))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", c.At, c.File)
}
