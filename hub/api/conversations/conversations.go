package conversations

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/api/door"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
	"parley/model/query"
)

func (s *Routes) conversations(api huma.API) {
	tags := []string{"conversations"}
	huma.Register(api, huma.Operation{
		OperationID: "list-conversations", Method: http.MethodGet, Path: "/v1/conversations",
		Summary: "Conversations, newest activity first; with search, those found", Tags: tags, Security: door.SignedIn,
	}, s.listConversations)
	huma.Register(api, huma.Operation{
		OperationID: "get-conversation", Method: http.MethodGet, Path: "/v1/conversations/{conversation}",
		Summary: "One conversation", Tags: tags, Security: door.SignedIn,
	}, s.getConversation)
	huma.Register(api, huma.Operation{
		OperationID: "delete-conversation", Method: http.MethodDelete, Path: "/v1/conversations/{conversation}",
		Summary: "Delete a conversation for good", Tags: tags, Security: door.SignedIn, DefaultStatus: http.StatusNoContent,
		Description: "Only who connected the Page can. It goes with its messages, notes, and replies that wait, also from search and from what " +
			"came in raw, and is told as removed. Nothing up to its newest message comes back; what is later opens a new conversation. " +
			"A reply that is being posted at that moment may still arrive. It is answered once nothing of it is left in the hub's files; where something " +
			"that reads them holds that up, with 409 and the code not_erased, though it is deleted.",
	}, s.deleteConversation)
	huma.Register(api, huma.Operation{
		OperationID: "counts", Method: http.MethodGet, Path: "/v1/counts",
		Summary: "How many conversations each filter holds", Tags: tags, Security: door.SignedIn,
	}, s.counts)
	huma.Register(api, huma.Operation{
		OperationID: "mark-read", Method: http.MethodPost, Path: "/v1/conversations/{conversation}/read",
		Summary: "Move the team's read mark up to a message", Tags: tags, Security: door.SignedIn, DefaultStatus: http.StatusOK,
	}, s.markRead)
}

type listInput struct {
	Filter string       `query:"filter" maxLength:"500" default:"all" doc:"all, open, mine, unassigned, snoozed, done, blocked, waiting or mentioned; or terms, each of which must hold, or not after a minus: is: with one of these states, unread or pinned; from: with ad, link, plugin, shop, other or direct; label:NAME; @me or @NAME for the assignee; page: with an id or a part of the name. Other words are searched. Values with spaces stand in quotes"`
	Page   model.PageID `query:"page" maxLength:"80"`
	Cursor string       `query:"cursor" maxLength:"1024"`
	Limit  int          `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Search string       `query:"search" maxLength:"500" doc:"Words that a message's text or the customer's name must hold, all of them, the last one perhaps in part; case, accents, width and kana don't count. Terms may stand among them, as in filter; in quotes they are words. Empty: the whole list"`
}

// asked returns what is asked for.
func (in *listInput) asked() (view.ListQuery, error) {
	q := view.ListQuery{Filter: store.FilterAll, Page: in.Page, Cursor: in.Cursor, Limit: in.Limit}
	terms, err := query.Parse(in.Filter)
	if slices.Contains(filters, store.Filter(in.Filter)) {
		q.Filter, terms, err = store.Filter(in.Filter), nil, nil
	}
	if err != nil {
		return q, &model.InvalidError{Field: "filter", Reason: err.Error()}
	}
	if len(terms) == 1 && terms[0] == (query.Term{Value: in.Filter}) { // one plain word is the name of a list
		return q, &model.InvalidError{Field: "filter", Reason: "there is no such list."}
	}
	searched, err := query.Parse(in.Search)
	var wrong *query.Error
	if errors.As(err, &wrong) && (wrong.Reason == query.NotClosed || wrong.Reason == query.UnknownName || wrong.Reason == query.NotWords) { // a quote, an address or a dash may be looked for
		searched, err = query.Query{{Value: in.Search}}, nil
	}
	if err != nil {
		return q, &model.InvalidError{Field: "search", Reason: err.Error()}
	}
	all := append(terms, searched...)
	q.Where, q.Search = all.Terms(), all.Text()
	if len(all) == 0 {
		q.Search = in.Search // blank, which finds nothing
	}
	return q, nil
}

// filters are the lists that have a name of their own.
var filters = []store.Filter{
	store.FilterAll, store.FilterOpen, store.FilterMine, store.FilterUnassigned, store.FilterSnoozed, store.FilterDone, store.FilterBlocked, store.FilterWaiting, store.FilterMentioned,
}

type conversationsBody struct {
	Conversations []model.Found `json:"conversations"`
	Cursor        string        `json:"cursor" doc:"Of the next page; empty at the end"`
	AsOf          model.AsOf    `json:"as_of"`
}

func (s *Routes) listConversations(ctx context.Context, in *listInput) (*door.Body[conversationsBody], error) {
	q, err := in.asked()
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	l, err := s.hub.Conversations(ctx, door.User(ctx), q)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[conversationsBody]{Body: conversationsBody{Conversations: l.Conversations, Cursor: l.Cursor, AsOf: l.AsOf}}, nil
}

func (s *Routes) getConversation(ctx context.Context, in *door.ConversationPath) (*door.Body[model.Conversation], error) {
	c, err := s.hub.OpenConversation(ctx, door.User(ctx), in.Conversation)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Conversation]{Body: c}, nil
}

// conversation answers with a conversation as it is after a change.
func (s *Routes) conversation(ctx context.Context, id model.ConversationID) (*door.Body[model.Conversation], error) {
	c, err := s.hub.Conversation(ctx, door.User(ctx), id)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[model.Conversation]{Body: c}, nil
}

func (s *Routes) deleteConversation(ctx context.Context, in *door.ConversationPath) (*struct{}, error) {
	return nil, s.door.Problem(ctx, s.hub.DeleteConversation(ctx, door.User(ctx), in.Conversation))
}

type countsInput struct {
	Page model.PageID `query:"page" maxLength:"80"`
}

type countsBody struct {
	Counts store.Counts `json:"counts"`
	AsOf   model.AsOf   `json:"as_of"`
}

func (s *Routes) counts(ctx context.Context, in *countsInput) (*door.Body[countsBody], error) {
	c, asOf, err := s.hub.Counts(ctx, door.User(ctx), in.Page)
	if err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return &door.Body[countsBody]{Body: countsBody{Counts: c, AsOf: asOf}}, nil
}

type readInput struct {
	door.ConversationPath
	Body struct {
		UpTo model.MessageID `json:"up_to" minLength:"1" maxLength:"200"`
	}
}

func (s *Routes) markRead(ctx context.Context, in *readInput) (*door.Body[model.Conversation], error) {
	if err := s.hub.MarkRead(ctx, door.User(ctx), in.Conversation, in.Body.UpTo); err != nil {
		return nil, s.door.Problem(ctx, err)
	}
	return s.conversation(ctx, in.Conversation)
}
