package outbox

import (
	"context"
	"time"

	"parley/client"
	"parley/model"
)

// HandIn is [Outbox.Reply] with a context and a wait of its own.
func (o *Outbox) HandIn(ctx context.Context, r model.Reply, told Progress, wait time.Duration) (model.Message, error) {
	return o.handIn(ctx, r, told, time.Now().Add(wait))
}

// Upload hands a file to the hub.
func Upload(ctx context.Context, c *client.Client, f model.File, told Progress) (model.File, error) {
	return upload(ctx, c, f, told)
}

// All returns the kept replies, whichever run hands them in, in the order of the key presses.
func (k *Kept) All() []model.Reply { return k.those(func(string) bool { return true }) }
