package control

import "net/http"

// route is one route of the control API.
type route struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Does   string `json:"does"`
	handle http.HandlerFunc
}

// allRoutes returns the routes below control_url.
func (c *Control) allRoutes() []route {
	return []route{
		{"GET", "", "lists these routes", nil},
		{"GET", "/customers", "who there is", c.listCustomers},
		{"POST", "/customers/{psid}", "changes or makes a customer: unreachable, unreachable_code, name, locale, profile", c.changeCustomer},
		{"POST", "/customers/{psid}/messages", "the customer writes: text, attachments, at, standby, mid, quick_reply, reply_to, name, locale", c.write},
		{"POST", "/customers/{psid}/events", "an event happens to the customer, by its name: event, at, name, locale", c.play},
		{"GET", "/events", "the names of the events that can be played", c.listPlays},
		{"POST", "/events", "posts exactly this to the callback: body, raw or raw_base64, sign, signature, times, shuffle", c.postEvents},
		{"GET", "/conversations", "every conversation: psid, id, and its messages by mid, oldest first", c.listConversations},
		{"GET", "/limits", "how often conversations were asked for, and how often that was too often", c.showLimits},
		{"POST", "/limits", "changes how often they may be: conversations_per_second", c.setLimits},
		{"GET", "/faults", "the faults in force and how often each fired", c.listFaults},
		{"POST", "/faults", "adds a fault: on, kind, probability, count, delay_ms, code, subcode, regain_minutes, psid, status, call", c.addFault},
		{"DELETE", "/faults", "clears the faults", c.clearFaults},
		{"POST", "/page", "changes the Page: restricted, messages_off, token_refused, subscribed, policy, reason", c.changePage},
		{"POST", "/pause", "the living customers write no more", c.pause(true)},
		{"POST", "/resume", "the living customers write again", c.pause(false)},
		{"POST", "/pipedrive", "has Pipedrive fail: fault; daily_left; answers how it is", c.steerPipedrive},
		{"GET", "/pipedrive/records", "Pipedrive's persons, deals, leads and notes, hidden or not", c.listRecords},
		{"GET", "/pipedrive/users", "Pipedrive's users, with their API tokens", c.listUsers},
		{"POST", "/pipedrive/users/{email}", "changes a user of Pipedrive: admin, active, name, revoke", c.changeUser},
		{"GET", "/pipedrive/webhooks", "Pipedrive's webhooks, and what was delivered and lost", c.steerWebhooks},
		{"POST", "/pipedrive/webhooks", "bans them or lifts the ban: ban; shortens the pauses between attempts: retry_scale", c.steerWebhooks},
		{"POST", "/pipedrive/persons", "somebody makes a person in Pipedrive; ?by= is who", c.hand("POST persons")},
		{"POST", "/pipedrive/persons/{id}", "somebody edits a person", c.hand("POST persons/{id}")},
		{"DELETE", "/pipedrive/persons/{id}", "somebody deletes a person", c.hand("DELETE persons/{id}")},
		{"POST", "/pipedrive/persons/{id}/merge", "somebody merges a person into another one: merge_with_id", c.hand("POST persons/{id}/merge")},
		{"POST", "/pipedrive/deals", "somebody makes a deal", c.hand("POST deals")},
		{"POST", "/pipedrive/deals/{id}", "somebody edits or moves a deal", c.hand("POST deals/{id}")},
		{"DELETE", "/pipedrive/deals/{id}", "somebody deletes a deal", c.hand("DELETE deals/{id}")},
		{"POST", "/pipedrive/leads", "somebody makes a lead", c.hand("POST leads")},
		{"POST", "/pipedrive/leads/{id}", "somebody edits a lead", c.hand("POST leads/{id}")},
		{"DELETE", "/pipedrive/leads/{id}", "somebody deletes a lead", c.hand("DELETE leads/{id}")},
		{"POST", "/pipedrive/leads/{id}/convert", "somebody makes a deal of a lead: stage_id or pipeline_id", c.hand("POST leads/{id}/convert")},
		{"POST", "/pipedrive/notes", "somebody writes a note", c.hand("POST notes")},
		{"POST", "/pipedrive/notes/{id}", "somebody edits a note", c.hand("POST notes/{id}")},
		{"DELETE", "/pipedrive/notes/{id}", "somebody deletes a note", c.hand("DELETE notes/{id}")},
		{"GET", "/mails", "the mails that came by SMTP", c.listMails},
		{"GET", "/delivered", "what customers really got; ?psid= for one of them", c.listDelivered},
		{"GET", "/actions", "what customers were shown besides messages: typing, seen, reactions; ?psid= for one of them", c.listActions},
	}
}
