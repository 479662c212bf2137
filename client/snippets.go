package client

import (
	"context"
	"net/http"
	"net/url"

	"parley/model"
	"parley/model/snippet"
)

// Snippets returns the team's snippets and the user's own, by name.
func (c *Client) Snippets(ctx context.Context) ([]snippet.Snippet, error) {
	var out struct {
		Snippets []snippet.Snippet `json:"snippets"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/snippets", nil, nil, &out)
	return out.Snippets, err
}

// PutSnippet adds or changes a snippet: the user's own, or one of the team, which admins may.
func (c *Client) PutSnippet(ctx context.Context, s snippet.Snippet) (snippet.Snippet, error) {
	in := struct {
		Text  model.Untrusted `json:"text"`
		Macro *snippet.Macro  `json:"macro,omitempty"`
	}{s.Text, s.Macro}
	var out snippet.Snippet
	err := c.Call(ctx, http.MethodPut, "/v1/snippets/"+segment(s.Name), ofTeam(s.Team), in, &out)
	return out, err
}

// RemoveSnippet removes a snippet: the user's own, or one of the team, which admins may.
func (c *Client) RemoveSnippet(ctx context.Context, name string, team bool) error {
	return c.Call(ctx, http.MethodDelete, "/v1/snippets/"+segment(name), ofTeam(team), nil, nil)
}

func ofTeam(team bool) url.Values {
	if !team {
		return nil
	}
	return url.Values{"team": {"true"}}
}
