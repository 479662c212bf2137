package messenger

import (
	"context"

	"parley/model"
)

// App is the Graph API as our app uses it: it subscribes to the webhook fields that an inbox
// needs, and knows the verify token of Meta's handshake.
type App struct {
	*Client
	VerifyToken string
}

// Subscribe subscribes to a Page's webhooks, with the fields that an inbox needs.
func (a App) Subscribe(ctx context.Context, token string, page model.MetaPageID) error {
	return a.Client.Subscribe(ctx, token, page, Fields())
}

// SubscribeApp tells Meta where the app's webhooks go.
func (a App) SubscribeApp(ctx context.Context, callbackURL string) error {
	return a.Client.SubscribeApp(ctx, callbackURL, a.VerifyToken, Fields())
}
