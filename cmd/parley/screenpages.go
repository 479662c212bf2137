package main

import (
	"context"

	"parley/model"
)

func (h *screenHub) ReadNotice(ctx context.Context, page model.PageID, id string) error {
	_, err := h.client.ReadNotice(ctx, page, id)
	return err
}

func (h *screenHub) Greetings(ctx context.Context, page model.PageID) ([]model.Greeting, error) {
	return h.client.Greetings(ctx, page)
}

func (h *screenHub) SetGreeting(ctx context.Context, page model.PageID, g model.Greeting) error {
	if g.Text == "" {
		_, err := h.client.DeleteGreeting(ctx, page, g.Locale)
		return err
	}
	_, err := h.client.SetGreeting(ctx, page, g)
	return err
}
