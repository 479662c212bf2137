package ui

import (
	"context"

	"parley/model"
)

func (h *fakeHub) ReadNotice(_ context.Context, page model.PageID, id string) error {
	return h.note("read notice " + string(page) + " " + id)
}
