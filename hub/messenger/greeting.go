package messenger

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"parley/hub/messenger/meta"
	"parley/model"
)

const (
	edgeProfile      = "messenger_profile"
	propertyGreeting = "greeting"
)

// Greetings returns a Page's greetings.
//
// Source: Messenger Profile API, "Greeting".
func (c *Client) Greetings(ctx context.Context, token string, page model.MetaPageID) ([]model.Greeting, error) {
	var w struct {
		Data []struct {
			Greeting []struct {
				Locale meta.Word  `json:"locale"`
				Text   meta.Loose `json:"text"`
			} `json:"greeting"`
		} `json:"data"`
	}
	err := c.do(ctx, request{
		name: "greetings", method: http.MethodGet, path: []string{string(page), edgeProfile},
		query: url.Values{"fields": {propertyGreeting}}, token: token,
	}, &w)
	if err != nil {
		return nil, err
	}
	out := []model.Greeting{}
	for _, d := range w.Data {
		for _, g := range d.Greeting {
			out = append(out, model.Greeting{Locale: string(g.Locale), Text: model.Untrusted(g.Text)})
		}
	}
	return out, nil
}

// SetGreetings replaces a Page's greetings; an empty list deletes them.
//
// Source: Messenger Profile API, "Greeting" and "Delete properties".
func (c *Client) SetGreetings(ctx context.Context, token string, page model.MetaPageID, all []model.Greeting) error {
	r := request{name: "set_greetings", method: http.MethodPost, path: []string{string(page), edgeProfile}, token: token}
	type greeting struct {
		Locale string `json:"locale"`
		Text   string `json:"text"`
	}
	if len(all) == 0 {
		r.name, r.method, r.body = "delete_greetings", http.MethodDelete, map[string][]string{"fields": {propertyGreeting}}
	} else {
		list := make([]greeting, len(all))
		for i, g := range all {
			list[i] = greeting{g.Locale, string(g.Text)}
		}
		r.body = map[string][]greeting{propertyGreeting: list}
	}
	var done profileResult
	if err := c.do(ctx, r, &done); err != nil {
		return err
	}
	if !done {
		return fmt.Errorf("graph %s: %w: no success", r.name, ErrUnreadable)
	}
	return nil
}

// profileResult is {"result": "success"}, or {"success": …} as one page of Meta's documentation
// has it.
type profileResult bool

// UnmarshalJSON implements [json.Unmarshaler].
func (p *profileResult) UnmarshalJSON(b []byte) error {
	var w struct {
		Result meta.Word `json:"result"`
		Done   meta.Flag `json:"success"`
	}
	_ = json.Unmarshal(b, &w)
	*p = profileResult(w.Result == "success" || bool(w.Done))
	return nil
}
