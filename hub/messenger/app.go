package messenger

import (
	"context"

	"parley/model"
)

// App is the Graph API as our app uses it: it asks for the webhook fields that an
// inbox needs, and knows the token by which Meta shakes hands.
type App struct {
	*Client
	VerifyToken string
}

// Subscribe asks for a Page's webhooks, as many as an inbox needs.
func (a App) Subscribe(ctx context.Context, token string, page model.MetaPageID) error {
	return a.Client.Subscribe(ctx, token, page, Fields())
}

// SubscribeApp tells Meta where the app's webhooks go.
func (a App) SubscribeApp(ctx context.Context, callbackURL string) error {
	return a.Client.SubscribeApp(ctx, callbackURL, a.VerifyToken, Fields())
}
