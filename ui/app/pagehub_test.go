package app

import (
	"context"

	"parley/model"
)

func (h *fakeHub) ReadNotice(_ context.Context, page model.PageID, id string) (model.Notice, error) {
	return model.Notice{}, h.note("read notice " + string(page) + " " + id)
}

func (h *fakeHub) Greetings(_ context.Context, page model.PageID) ([]model.Greeting, error) {
	err := h.note("greetings " + string(page))
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.greetings, err
}

func (h *fakeHub) SetGreeting(_ context.Context, _ model.PageID, g model.Greeting) ([]model.Greeting, error) {
	return nil, h.note("greeting " + g.Locale + " " + string(g.Text))
}

func (h *fakeHub) DeleteGreeting(_ context.Context, _ model.PageID, locale string) ([]model.Greeting, error) {
	return nil, h.note("greeting " + locale + " ")
}
