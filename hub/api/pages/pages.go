package pages

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/pages"
	"parley/model"
)

func (s *Routes) pages(api huma.API) {
	tags := []string{"pages"}
	huma.Register(api, huma.Operation{
		OperationID: "list-pages", Method: http.MethodGet, Path: "/v1/pages", Summary: "The Pages", Tags: tags, Security: door.SignedIn,
		Description: "All installations. Of a Page that the user may not see into: that it exists, whether it is private, whose it is.",
	}, s.listPages)
	huma.Register(api, huma.Operation{
		OperationID: "connect-page", Method: http.MethodPost, Path: "/v1/pages", Summary: "Connect or repair a Page", Tags: tags, Security: door.SignedIn,
	}, s.connectPage)
	huma.Register(api, huma.Operation{
		OperationID: "change-page", Method: http.MethodPatch, Path: "/v1/pages/{page}", Summary: "Make a Page private or shared", Tags: tags, Security: door.SignedIn,
	}, s.changePage)
	huma.Register(api, huma.Operation{
		OperationID: "check-page", Method: http.MethodPost, Path: "/v1/pages/{page}/check", Summary: "Ask Facebook how a Page stands", Tags: tags, Security: door.SignedIn,
		Description: "Whether the token is taken, the Page's webhooks come and messaging is on: what it finds is taken over. With repair, an admin has the webhooks asked for again first.",
	}, s.checkPage)
	huma.Register(api, huma.Operation{
		OperationID: "uninstall-page", Method: http.MethodDelete, Path: "/v1/pages/{page}", Summary: "Uninstall a Page", Tags: tags, Security: door.SignedIn,
		DefaultStatus: http.StatusOK,
	}, s.uninstallPage)
}

type pagesBody struct {
	Pages  []model.Page `json:"pages"`
	Cursor string       `json:"cursor"`
	AsOf   model.AsOf   `json:"as_of"`
}

func (s *Routes) listPages(ctx context.Context, _ *struct{}) (*door.Body[pagesBody], error) {
	pages, asOf, err := s.hub.Pages(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[pagesBody]{Body: pagesBody{Pages: pages, AsOf: asOf}}, nil
}

type connectInput struct {
	Body struct {
		Page       model.MetaPageID `json:"page" minLength:"1" maxLength:"64" pattern:"^[0-9]+$" doc:"Facebook's id of the Page"`
		Token      string           `json:"token" minLength:"1" maxLength:"4096" doc:"An access token of the Page, or of somebody with full control of it"`
		Visibility model.Visibility `json:"visibility,omitempty" enum:"private,shared"`
		NoImport   bool             `json:"no_import,omitempty" doc:"Leave past conversations where they are"`
		Zone       string           `json:"zone,omitempty" maxLength:"64" doc:"The installer's time zone, an IANA name or a rule of POSIX (JST-9): transcripts in the CRM are cut into its days. Empty: the hub's"`
	}
}

type pageOutput struct {
	Status int
	Body   model.Page
}

func (s *Routes) connectPage(ctx context.Context, in *connectInput) (*pageOutput, error) {
	p, created, err := s.hub.ConnectPage(ctx, door.User(ctx), pages.Connection{
		Page: in.Body.Page, Token: in.Body.Token, Visibility: in.Body.Visibility, NoImport: in.Body.NoImport, Zone: in.Body.Zone,
	})
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	if created {
		return &pageOutput{Status: http.StatusCreated, Body: p}, nil
	}
	return &pageOutput{Status: http.StatusOK, Body: p}, nil
}

type changePageInput struct {
	door.PagePath
	Body struct {
		Visibility model.Visibility `json:"visibility" enum:"private,shared"`
	}
}

func (s *Routes) changePage(ctx context.Context, in *changePageInput) (*door.Body[model.Page], error) {
	p, err := s.hub.SetVisibility(ctx, door.User(ctx), in.Page, in.Body.Visibility)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Page]{Body: p}, nil
}

type checkPageInput struct {
	door.PagePath
	Body struct {
		Repair bool `json:"repair,omitempty" doc:"ask for the Page's webhooks again"`
	}
}

func (s *Routes) checkPage(ctx context.Context, in *checkPageInput) (*door.Body[model.Page], error) {
	p, err := s.hub.CheckPage(ctx, door.User(ctx), in.Page, in.Body.Repair)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Page]{Body: p}, nil
}

func (s *Routes) uninstallPage(ctx context.Context, in *door.PagePath) (*door.Body[model.Page], error) {
	p, err := s.hub.Uninstall(ctx, door.User(ctx), in.Page)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Page]{Body: p}, nil
}
