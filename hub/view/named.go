package view

import (
	"context"
	"strings"
	"unicode"

	"parley/hub/search"
	"parley/hub/store"
	"parley/model"
)

// mostNamed is how many conversations a text can name.
const mostNamed = 10

// mostFound is how many conversations are looked at for a customer's name: a search finds
// those in which somebody writes the name, too.
const mostFound = 1000

// Named returns the conversations that a text may mean, of those that a user may see: by the
// beginning of the id or of the customer's PSID, else by the customer's whole name, else by
// words of it. Digits are never a name: customers choose theirs.
func (i *Views) Named(ctx context.Context, user model.User, text string) (model.NamedList, error) {
	out := model.NamedList{Conversations: []model.Conversation{}}
	text = strings.TrimSpace(text)
	if text == "" {
		return out, nil
	}
	err := i.readBy(ctx, i.searchers, user, "", func(v View) error {
		found, err := v.meant(text)
		if err != nil || len(found.list) == 0 {
			return err
		}
		out.By, out.More = found.by, found.more || len(found.list) > mostNamed
		for _, c := range found.list[:min(len(found.list), mostNamed)] {
			shown, err := v.conversation(c)
			if err != nil {
				return err
			}
			out.Conversations = append(out.Conversations, shown)
		}
		return nil
	})
	return out, err
}

// meant is what a text may mean.
type meant struct {
	list []store.Conversation
	by   model.NamedBy
	// more: there may be more of them.
	more bool
}

func (v View) meant(text string) (meant, error) {
	list, err := v.byID(text)
	if err != nil || len(list) > 0 || !strings.ContainsFunc(text, unicode.IsLetter) {
		return meant{list: list, by: model.NamedByID}, err
	}
	return v.byName(text)
}

// byID returns the conversations whose id, or whose customer's PSID, begins with a text, or
// the one whose id it is.
func (v View) byID(text string) ([]store.Conversation, error) {
	var list []store.Conversation
	for _, p := range v.Shown {
		id := text
		if !strings.HasPrefix(text, string(p.ID)+"_") {
			id = string(model.NewConversationID(p.ID, model.PSID(text)))
		}
		found, err := v.ConversationsBeginning(p.ID, id, mostNamed+1-min(len(list), mostNamed))
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if string(c.ID) == id {
				return []store.Conversation{c}, nil
			}
		}
		list = append(list, found...)
	}
	return list, nil
}

// byName returns the conversations whose customer has that whole name, else those whose
// customer's name has all of its words.
func (v View) byName(text string) (meant, error) {
	found, further, err := v.SearchConversations(store.ConversationQuery{
		Pages: v.scopes(), Filter: store.FilterAll, User: v.user, Now: v.now, Limit: mostFound, Search: text,
	})
	if err != nil {
		return meant{}, err
	}
	whole := meant{by: model.NamedByName, more: further != ""}
	part := meant{by: model.NamedByPart, more: further != ""}
	for _, f := range found {
		name := string(f.Customer.Name)
		switch spans := search.Hits(name, text); {
		case covers(spans, name):
			whole.list = append(whole.list, f.Conversation)
		case endsWords(spans, name):
			part.list = append(part.list, f.Conversation)
		}
	}
	if len(whole.list) > 0 {
		return whole, nil
	}
	return part, nil
}

// covers reports whether the spans cover every letter and digit of a name.
func covers(spans []model.Span, name string) bool {
	if len(spans) == 0 {
		return false
	}
	for at, r := range []rune(name) {
		if letter(r) && !within(spans, at) {
			return false
		}
	}
	return true
}

// endsWords reports whether there are spans and each ends where a word of the name does.
func endsWords(spans []model.Span, name string) bool {
	runes := []rune(name)
	for _, s := range spans {
		if s.To < len(runes) && letter(runes[s.To]) && letter(runes[s.To-1]) {
			return false
		}
	}
	return len(spans) > 0
}

func within(spans []model.Span, at int) bool {
	for _, s := range spans {
		if s.From <= at && at < s.To {
			return true
		}
	}
	return false
}

// letter reports whether a character is part of a word.
func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }
