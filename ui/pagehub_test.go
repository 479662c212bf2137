package ui

import (
	"context"

	"parley/model"
)

func (h *fakeHub) ReadNotice(_ context.Context, page model.PageID, id string) error {
	return h.note("read notice " + string(page) + " " + id)
}

func (h *fakeHub) Greetings(_ context.Context, page model.PageID) ([]model.Greeting, error) {
	err := h.note("greetings " + string(page))
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.greetings, err
}

func (h *fakeHub) SetGreeting(_ context.Context, _ model.PageID, g model.Greeting) error {
	return h.note("greeting " + g.Locale + " " + string(g.Text))
}
