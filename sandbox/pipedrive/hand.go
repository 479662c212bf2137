package pipedrive

import "net/http"

// allHands are the acts of a user in Pipedrive's own web app, by method and the path after
// /control/pipedrive/.
func (p *Pipedrive) allHands() map[string]func(call) (int, any) {
	persons, deals, leads, notes := persons{p.book}, deals{p.book}, leads{p.book}, notes{p.book}
	return map[string]func(call) (int, any){
		"POST persons": persons.add, "POST persons/{id}": persons.set, "DELETE persons/{id}": persons.drop,
		"POST persons/{id}/merge": persons.merge,
		"POST deals":              deals.add, "POST deals/{id}": deals.set, "DELETE deals/{id}": deals.drop,
		"POST leads": leads.add, "POST leads/{id}": leads.set, "DELETE leads/{id}": leads.drop,
		"POST leads/{id}/convert": leads.convert,
		"POST notes":              notes.add, "POST notes/{id}": notes.set, "DELETE notes/{id}": notes.drop,
	}
}

// Hand does what a user does in Pipedrive's own web app: it costs no budget, and its webhooks
// say so. act is a method and a path below /control/pipedrive/, by is the user's address, and r
// has the id in its path. It answers as the API does; false: there is no such user.
func (p *Pipedrive) Hand(act, by string, r *http.Request, body []byte) (status int, answer any, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.book.userByEmail(by)
	if u == nil {
		return 0, nil, false
	}
	c := call{r: r, user: u, vars: map[string]string{"id": r.PathValue("id")}, body: body, change: &change{by: u, source: "app"}}
	p.changing(c.change, func() { status, answer = p.hands[act](c) })
	return status, answer, true
}
