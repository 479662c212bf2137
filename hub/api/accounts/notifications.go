package accounts

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/model/notify"
)

func (s *Routes) notifications(api huma.API) {
	tags := []string{"accounts"}
	huma.Register(api, huma.Operation{
		OperationID: "notifications", Method: http.MethodGet, Path: "/v1/me/notifications", Summary: "What notifies oneself, and how", Tags: tags, Security: door.SignedIn,
	}, s.readNotifications)
	huma.Register(api, huma.Operation{
		OperationID: "change-notifications", Method: http.MethodPatch, Path: "/v1/me/notifications", Summary: "Change what notifies oneself", Tags: tags,
		Security: door.SignedIn, Description: "What is left out stays. They hold wherever the user signs in, and nobody else sees them.",
	}, s.changeNotifications)
}

func (s *Routes) readNotifications(ctx context.Context, _ *struct{}) (*door.Body[notify.Preferences], error) {
	p, err := s.hub.Notifications(ctx, door.User(ctx))
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[notify.Preferences]{Body: p}, nil
}

type notificationsInput struct{ Body notify.Change }

func (s *Routes) changeNotifications(ctx context.Context, in *notificationsInput) (*door.Body[notify.Preferences], error) {
	p, err := s.hub.ChangeNotifications(ctx, door.User(ctx), in.Body)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[notify.Preferences]{Body: p}, nil
}
