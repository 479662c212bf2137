package graph

import (
	"net/http"
	"strings"

	"parley/sandbox/world"
)

// operation is what a call does.
type operation struct {
	class string // send, action, upload, conversations, profile or graph: faults refer to it
	psid  string // the customer, if any
	do    func(*call) (any, error)
}

// operation finds the operation of a call.
func (g *Graph) operation(c *call) (operation, error) {
	if len(c.path) == 0 || len(c.path) > 2 {
		return operation{}, errUnknownObject(c.r.Method, strings.Join(c.path, "/"))
	}
	id, edge := c.path[0], ""
	if len(c.path) == 2 {
		edge = c.path[1]
	}
	if id == "me" {
		id = map[principal]string{asPage: g.meta.PageID, asApp: g.meta.AppID}[c.who]
		if c.who == asUser {
			id = c.holds.owner.id
		}
	}
	method := c.r.Method
	var op operation
	switch {
	case id == "debug_token" && edge == "" && method == http.MethodGet:
		op = operation{class: "graph", do: g.debugToken}
	case id == g.meta.PageID:
		op = g.pageOperation(c, method, edge)
	case c.who == asUser && id == c.holds.owner.id:
		op = g.userOperation(method, edge)
	case id == g.meta.AppID && edge == "subscriptions":
		op = g.appOperation(method)
	case method == http.MethodGet:
		op = g.nodeOperation(id, edge)
	}
	if op.do == nil {
		return op, errUnknownObject(method, id)
	}
	return op, nil
}

// pageOperation returns an operation on the Page. All but reading the Page itself need the Page's
// own token.
func (g *Graph) pageOperation(c *call, method, edge string) operation {
	op := operation{class: "graph"}
	switch method + " " + edge {
	case "GET ":
		return operation{class: "graph", do: g.readPage}
	case "POST messages":
		op.psid = recipientOf(c)
		if c.param("sender_action") == "" {
			op.class = "send"
		} else {
			op.class = "action"
		}
		op.do = g.send
	case "POST message_attachments":
		op.class, op.do = "upload", g.saveAttachment
	case "GET conversations":
		op.class, op.psid = "conversations", c.param("user_id")
		op.do = g.listConversations
	case "GET settings":
		op.do = g.readSettings
	case "GET messenger_profile":
		op.do = g.profile.read
	case "POST messenger_profile":
		op.do = g.profile.set
	case "DELETE messenger_profile":
		op.do = g.profile.forget
	case "POST subscribed_apps":
		op.do = g.subscribePage
	case "GET subscribed_apps":
		op.do = g.listSubscribedApps
	case "DELETE subscribed_apps":
		op.do = g.unsubscribePage
	}
	if op.do == nil {
		return op
	}
	do := op.do
	op.do = func(c *call) (any, error) {
		if c.who != asPage {
			return nil, errNeedPageToken()
		}
		return do(c)
	}
	return op
}

// userOperation returns an operation on a person, with their own token.
func (g *Graph) userOperation(method, edge string) operation {
	switch method + " " + edge {
	case "GET ":
		return operation{class: "graph", do: g.readUser}
	case "GET accounts":
		return operation{class: "graph", do: g.listAccounts}
	case "GET permissions":
		return operation{class: "graph", do: g.listPermissions}
	}
	return operation{}
}

// appOperation returns an operation on the app's webhook subscriptions.
func (g *Graph) appOperation(method string) operation {
	switch method {
	case http.MethodPost:
		return operation{class: "graph", do: g.subscribeApp}
	case http.MethodGet:
		return operation{class: "graph", do: g.listSubscriptions}
	case http.MethodDelete:
		return operation{class: "graph", do: g.unsubscribeApp}
	}
	return operation{}
}

// nodeOperation returns an operation that reads a customer, a conversation or a message.
func (g *Graph) nodeOperation(id, edge string) (op operation) {
	g.world.Do(func(st *world.State) {
		if who := st.Customer(id); who != nil && edge == "" {
			op = operation{class: "profile", psid: id, do: func(c *call) (any, error) { return g.readProfile(c, who) }}
			return
		}
		if t := st.Thread(id); t != nil && len(t.Messages) > 0 {
			switch edge {
			case "":
				op = operation{class: "conversations", psid: t.PSID, do: func(c *call) (any, error) { return g.readThread(c, t) }}
				return
			case "messages":
				op = operation{class: "conversations", psid: t.PSID, do: func(c *call) (any, error) { return g.listMessages(c, t) }}
				return
			}
		}
		if m := st.Message(id); m != nil && edge == "" {
			op = operation{class: "conversations", psid: m.Owner.PSID, do: func(c *call) (any, error) { return g.readMessage(c, m) }}
		}
	})
	return op
}
