package client

import (
	"context"
	"net/http"
	"net/url"

	"parley/model"
)

// PageCalls are the calls about Pages.
type PageCalls struct{ caller }

// Pages returns every Page; of those that the user may not see, only what anybody may know.
func (c PageCalls) Pages(ctx context.Context) ([]model.Page, error) {
	var out struct {
		Pages []model.Page `json:"pages"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/pages", nil, nil, &out)
	return out.Pages, err
}

// ConnectPage connects or repairs a Page. The hub chooses the visibility if it is empty.
func (c PageCalls) ConnectPage(ctx context.Context, page model.MetaPageID, token string, v model.Visibility) (model.Page, error) {
	in := struct {
		Page       model.MetaPageID `json:"page"`
		Token      string           `json:"token"`
		Visibility model.Visibility `json:"visibility,omitempty"`
		Zone       string           `json:"zone,omitempty"`
	}{page, token, v, localZone()}
	var out model.Page
	err := c.Call(ctx, http.MethodPost, "/v1/pages", nil, in, &out)
	return out, err
}

// SetVisibility makes a Page private or shared.
func (c PageCalls) SetVisibility(ctx context.Context, page model.PageID, v model.Visibility) (model.Page, error) {
	in := struct {
		Visibility model.Visibility `json:"visibility"`
	}{v}
	var out model.Page
	err := c.Call(ctx, http.MethodPatch, "/v1/pages/"+segment(string(page)), nil, in, &out)
	return out, err
}

// CheckPage makes the hub ask Facebook about a Page's state; with repair, it subscribes the
// webhooks again first.
func (c PageCalls) CheckPage(ctx context.Context, page model.PageID, repair bool) (model.Page, error) {
	in := struct {
		Repair bool `json:"repair,omitempty"`
	}{repair}
	var out model.Page
	err := c.Call(ctx, http.MethodPost, "/v1/pages/"+segment(string(page))+"/check", nil, in, &out)
	return out, err
}

// Uninstall uninstalls a Page.
func (c PageCalls) Uninstall(ctx context.Context, page model.PageID) (model.Page, error) {
	var out model.Page
	err := c.Call(ctx, http.MethodDelete, "/v1/pages/"+segment(string(page)), nil, nil, &out)
	return out, err
}

// BeginConnect starts connecting a Page through the browser. The user opens the answer's URL;
// v is preselected there.
func (c PageCalls) BeginConnect(ctx context.Context, v model.Visibility) (model.Connect, error) {
	in := struct {
		Visibility model.Visibility `json:"visibility,omitempty"`
		Zone       string           `json:"zone,omitempty"`
	}{v, localZone()}
	var out model.Connect
	err := c.Call(ctx, http.MethodPost, "/v1/connections", nil, in, &out)
	return out, err
}

// Connect returns the progress of connecting a Page.
func (c PageCalls) Connect(ctx context.Context, id string) (model.Connect, error) {
	var out model.Connect
	err := c.Call(ctx, http.MethodGet, "/v1/connections/"+segment(id), nil, nil, &out)
	return out, err
}

// CancelConnect cancels connecting a Page.
func (c PageCalls) CancelConnect(ctx context.Context, id string) (model.Connect, error) {
	var out model.Connect
	err := c.Call(ctx, http.MethodDelete, "/v1/connections/"+segment(id), nil, nil, &out)
	return out, err
}

func importPath(page model.PageID) string { return "/v1/pages/" + segment(string(page)) + "/import" }

// Import returns the progress of importing a Page's past conversations.
func (c PageCalls) Import(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.Call(ctx, http.MethodGet, importPath(page), nil, nil, &out)
	return out, err
}

// BeginImport starts or resumes the import of past conversations.
func (c PageCalls) BeginImport(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.Call(ctx, http.MethodPost, importPath(page), nil, nil, &out)
	return out, err
}

// CancelImport stops an import.
func (c PageCalls) CancelImport(ctx context.Context, page model.PageID) (model.Import, error) {
	var out model.Import
	err := c.Call(ctx, http.MethodDelete, importPath(page), nil, nil, &out)
	return out, err
}

// ConnectWithoutPast is [PageCalls.ConnectPage] without importing past conversations.
func (c PageCalls) ConnectWithoutPast(ctx context.Context, page model.MetaPageID, token string, v model.Visibility) (model.Page, error) {
	in := struct {
		Page       model.MetaPageID `json:"page"`
		Token      string           `json:"token"`
		Visibility model.Visibility `json:"visibility,omitempty"`
		NoImport   bool             `json:"no_import"`
		Zone       string           `json:"zone,omitempty"`
	}{page, token, v, true, localZone()}
	var out model.Page
	err := c.Call(ctx, http.MethodPost, "/v1/pages", nil, in, &out)
	return out, err
}

func greetingPath(page model.PageID) string {
	return "/v1/pages/" + segment(string(page)) + "/greeting"
}

// greetings makes a call that returns all greetings of a Page.
func (c PageCalls) greetings(ctx context.Context, method string, page model.PageID, query url.Values, in any) ([]model.Greeting, error) {
	var out struct {
		Greetings []model.Greeting `json:"greetings"`
	}
	err := c.Call(ctx, method, greetingPath(page), query, in, &out)
	return out.Greetings, err
}

// Greetings returns a Page's greetings.
func (c PageCalls) Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error) {
	return c.greetings(ctx, http.MethodGet, page, nil, nil)
}

// SetGreeting sets the greeting of one locale, and returns all.
func (c PageCalls) SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) ([]model.Greeting, error) {
	return c.greetings(ctx, http.MethodPut, page, nil, g)
}

// DeleteGreeting deletes the greeting of one locale, or all if it is empty, and returns those
// left.
func (c PageCalls) DeleteGreeting(ctx context.Context, page model.PageID, locale string) ([]model.Greeting, error) {
	q := url.Values{}
	if locale != "" {
		q.Set("locale", locale)
	}
	return c.greetings(ctx, http.MethodDelete, page, q, nil)
}

// Doctor checks the way between Facebook and a Page's inbox.
func (c PageCalls) Doctor(ctx context.Context, page model.PageID) ([]model.Check, error) {
	var out struct {
		Checks []model.Check `json:"checks"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/pages/"+segment(string(page))+"/doctor", nil, nil, &out)
	return out.Checks, err
}
