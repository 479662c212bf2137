package sandbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"parley/sandbox/fault"
	"parley/sandbox/web"
)

// The rules of Pipedrive's webhooks, version 2.
//
// Source: Pipedrive, "Guide for Webhooks v2".
const (
	crmHooksMost   = 40 // of one user
	crmHookName    = 255
	crmHookPatient = 10 * time.Second
	crmHookBanAt   = 10 // first attempts that failed, one after the other
	crmHookBan     = 30 * time.Minute
)

// crmHookPauses are before the second, third and fourth attempt.
func crmHookPauses() []time.Duration {
	return []time.Duration{3 * time.Second, 30 * time.Second, 150 * time.Second}
}

// crmHook is a webhook that somebody subscribed to.
type crmHook struct {
	id                   int
	owner, user          *crmUser // whose it is, and by whose eyes it looks
	address              string
	action, object, name string
	login, password      string
	added                time.Time
	failed               int // first attempts, one after the other
	bannedUntil          time.Time
	status               any // of the last attempt
	lastAt               time.Time
}

// crmHooks are the webhooks of all companies and what is on its way to them. Sandbox.mu
// guards it.
type crmHooks struct {
	list      []*crmHook
	waiting   []crmDelivery
	scale     float64 // of the pauses between attempts
	delivered int
	failed    int
	lost      int // to a ban, a fault, or after the last attempt
	serial    int
}

// crmDelivery is one event on its way to one webhook.
type crmDelivery struct {
	hook    *crmHook
	meta    map[string]any
	data    map[string]any
	before  map[string]any
	attempt int
}

func (k *crmHook) node() map[string]any {
	return map[string]any{
		"id": k.id, "company_id": k.owner.company.id, "owner_id": k.owner.id, "user_id": k.user.id, "event_action": k.action, "event_object": k.object,
		"subscription_url": k.address, "version": "2.0", "is_active": 1, "name": k.name, "type": "general", "http_auth_user": crmTextOr(k.login),
		"http_auth_password": nil, "add_time": k.added.UTC().Format(crmISO), "remove_time": nil, "removal_reason": nil,
		"last_delivery_time": crmTimeOr(k.lastAt), "last_http_status": k.status,
	}
}

// crmHookList answers GET /webhooks: those of the caller. mu held.
func (s *Sandbox) crmHookList(c crmCall) (int, any) {
	list := []map[string]any{}
	for _, k := range s.crm.hooks.list {
		if k.owner == c.user {
			list = append(list, k.node())
		}
	}
	return http.StatusOK, map[string]any{"success": true, "status": "ok", "data": list}
}

// crmHookUnreachable is the answer for an address that nobody listens at.
func crmHookUnreachable() (int, any) {
	return http.StatusBadRequest, map[string]any{"status": "error", "success": false, "errors": map[string]any{"subscription_url": []string{"invalid or non-reachable URL"}}}
}

// crmHookReach looks whether somebody listens at the address of a new webhook, before the
// call is served. The sandbox reaches nobody but this machine.
func (s *Sandbox) crmHookReach(r *http.Request, body []byte) (status int, answer any, ok bool) {
	var in struct {
		Address string `json:"subscription_url"`
	}
	if json.Unmarshal(body, &in) != nil || in.Address == "" {
		return 0, nil, true // it is told what is wrong with the body
	}
	u, err := url.Parse(in.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !onThisMachine(u.Hostname()) {
		status, answer = crmHookUnreachable()
		return status, answer, false
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		status, answer = crmHookUnreachable()
		return status, answer, false
	}
	_ = conn.Close()
	return 0, nil, true
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// crmHookAdd answers POST /webhooks; only an admin may. mu held.
func (s *Sandbox) crmHookAdd(c crmCall) (int, any) {
	if !c.user.admin {
		return http.StatusForbidden, crmError("You do not have permission to do this")
	}
	s.crm.hooks.serial++
	k := &crmHook{id: s.crm.hooks.serial, owner: c.user, user: c.user, added: s.now()}
	b, version := c.json(), "2.0"
	crmRead(b, "subscription_url", &k.address)
	crmRead(b, "event_action", &k.action)
	crmRead(b, "event_object", &k.object)
	crmRead(b, "name", &k.name)
	crmRead(b, "http_auth_user", &k.login)
	crmRead(b, "http_auth_password", &k.password)
	crmRead(b, "version", &version)
	var id int
	if crmRead(b, "user_id", &id) {
		i := slices.IndexFunc(s.crm.users, func(u *crmUser) bool { return u.id == id && u.company == c.user.company })
		if i < 0 {
			b.fail("Validation failed: user_id is nobody of the company")
		} else {
			k.user = s.crm.users[i]
		}
	}
	switch {
	case k.address == "":
		b.fail("Validation failed: subscription_url is required")
	case !slices.Contains([]string{"create", "change", "delete", "*"}, k.action):
		b.fail("Validation failed: event_action")
	case !slices.Contains([]string{"activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user", "*"}, k.object):
		b.fail("Validation failed: event_object")
	case k.name == "" || len(k.name) > crmHookName:
		b.fail("Validation failed: name is required, of at most 255 characters")
	case version != "2.0":
		b.fail("Validation failed: the sandbox knows version 2.0 alone")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	mine := 0
	for _, other := range s.crm.hooks.list {
		if other.owner == c.user {
			mine++
		}
	}
	if mine >= crmHooksMost {
		return http.StatusUnprocessableEntity, crmError("Webhooks limit reached")
	}
	s.crm.hooks.list = append(s.crm.hooks.list, k)
	return http.StatusCreated, map[string]any{"success": true, "status": "ok", "data": k.node()}
}

// crmHookDrop answers DELETE /webhooks/{id}. mu held.
func (s *Sandbox) crmHookDrop(c crmCall) (int, any) {
	i := slices.IndexFunc(s.crm.hooks.list, func(k *crmHook) bool { return k.id == c.id() && k.owner == c.user })
	if i < 0 {
		return crmNone()
	}
	s.crm.hooks.list = slices.Delete(s.crm.hooks.list, i, i+1)
	return http.StatusOK, map[string]any{"success": true, "status": "ok"}
}

// crmHookSend hands an event to the webhooks that want it, as far as the faults let it. mu
// held.
func (s *Sandbox) crmHookSend(company *crmCompany, permitted []int, meta, data, before map[string]any) {
	for _, k := range s.crm.hooks.list {
		if k.owner.company != company || k.action != "*" && k.action != meta["action"] || k.object != "*" && k.object != meta["entity"] {
			continue
		}
		if !slices.Contains(permitted, k.user.id) {
			continue // they see what they may see
		}
		d := crmDelivery{hook: k, meta: meta, data: data, before: before, attempt: 1}
		f := s.faults.Take("pipedrive_webhook", "", fault.OnPipedriveWebhook)
		switch {
		case f == nil:
			s.crmHookQueue(d)
		case f.Kind == "drop":
			s.crm.hooks.lost++
		case f.Kind == "delay":
			s.after(f.DelayOr(time.Second), func() { s.crmHookQueue(d) })
		case f.Kind == "duplicate":
			s.crmHookQueue(d)
			s.crmHookQueue(d)
		case f.Kind == "ban":
			k.bannedUntil = s.now().Add(crmHookBan)
			s.crm.hooks.lost++
		}
	}
}

// crmHookQueue queues a delivery. mu held.
func (s *Sandbox) crmHookQueue(d crmDelivery) {
	s.crm.hooks.waiting = append(s.crm.hooks.waiting, d)
	s.hooked.Ring()
}

// deliverCRM delivers events one after the other until ctx ends.
func (s *Sandbox) deliverCRM(ctx context.Context) {
	for {
		d, ok := s.takeCRMDelivery()
		if ok {
			s.attemptCRM(ctx, d)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.hooked:
		}
	}
}

// takeCRMDelivery takes the next delivery. What goes to a webhook that is banned, or that
// is gone, is lost.
func (s *Sandbox) takeCRMDelivery() (crmDelivery, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.crm.hooks
	for len(q.waiting) > 0 {
		d := q.waiting[0]
		q.waiting = q.waiting[1:]
		if !slices.Contains(q.list, d.hook) || d.attempt == 1 && s.now().Before(d.hook.bannedUntil) {
			q.lost++
			continue
		}
		return d, true
	}
	return crmDelivery{}, false
}

// attemptCRM posts an event once, and sees to what follows.
func (s *Sandbox) attemptCRM(ctx context.Context, d crmDelivery) {
	status := s.postCRM(ctx, d)
	s.mu.Lock()
	defer s.mu.Unlock()
	k, q := d.hook, &s.crm.hooks
	k.status, k.lastAt = nil, s.now()
	if status != 0 {
		k.status = status
	}
	if status >= http.StatusOK && status < http.StatusMultipleChoices {
		q.delivered++
		k.failed = 0
		return
	}
	q.failed++
	if d.attempt == 1 {
		if k.failed++; k.failed >= crmHookBanAt {
			k.failed, k.bannedUntil = 0, s.now().Add(crmHookBan)
		}
	}
	pauses := crmHookPauses()
	if d.attempt > len(pauses) {
		q.lost++
		return
	}
	pause := time.Duration(float64(pauses[d.attempt-1]) * q.scale)
	d.attempt++
	s.after(pause, func() { s.crmHookQueue(d) })
}

// postCRM posts an event; 0 where nothing answered.
func (s *Sandbox) postCRM(ctx context.Context, d crmDelivery) int {
	ctx, cancel := context.WithTimeout(ctx, crmHookPatient)
	defer cancel()
	k := d.hook
	meta := map[string]any{
		"attempt": d.attempt, "webhook_id": itoa(k.id), "webhook_owner_id": itoa(k.owner.id), "host": k.owner.company.domain + ".pipedrive.example",
	}
	for key, v := range d.meta {
		meta[key] = v
	}
	body, err := json.Marshal(map[string]any{"meta": meta, "data": crmNull(d.data), "previous": crmNull(d.before)})
	if err != nil {
		s.log.Error("encode Pipedrive's webhook", "err", err)
		return 0
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.address, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Pipedrive Webhooks")
	if k.login != "" || k.password != "" {
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(k.login+":"+k.password)))
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.log.Info("Pipedrive's webhook not delivered", "attempt", d.attempt, "err", err)
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	_ = res.Body.Close()
	return res.StatusCode
}

func crmNull(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// controlPipedriveHooks tells of the webhooks, and bans them or lifts the ban.
func (s *Sandbox) controlPipedriveHooks(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Ban   *bool    `json:"ban"`
		Scale *float64 `json:"retry_scale"`
	}
	if r.Method == http.MethodPost && !readControl(w, r, &in) {
		return
	}
	s.mu.Lock()
	q := &s.crm.hooks
	if in.Scale != nil && *in.Scale >= 0 {
		q.scale = *in.Scale
	}
	list := []map[string]any{}
	for _, k := range q.list {
		if in.Ban != nil {
			k.failed, k.bannedUntil = 0, time.Time{}
			if *in.Ban {
				k.bannedUntil = s.now().Add(crmHookBan)
			}
		}
		n := k.node()
		n["banned"], n["failed_first_attempts"] = s.now().Before(k.bannedUntil), k.failed
		list = append(list, n)
	}
	answer := map[string]any{"webhooks": list, "delivered": q.delivered, "failed": q.failed, "lost": q.lost, "waiting": len(q.waiting), "retry_scale": q.scale}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, answer)
}
