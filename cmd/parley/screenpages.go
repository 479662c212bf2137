package main

import (
	"context"

	"parley/model"
)

func (h *screenHub) ReadNotice(ctx context.Context, page model.PageID, id string) error {
	_, err := h.client.ReadNotice(ctx, page, id)
	return err
}
