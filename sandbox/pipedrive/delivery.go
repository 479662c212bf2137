package pipedrive

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"parley/sandbox/fault"
)

// message is an event as webhooks carry it, and who may see it.
type message struct {
	company            *company
	permitted          []int // users who may see its record
	meta, data, before map[string]any
}

// delivery is one message for one webhook.
type delivery struct {
	message
	hook    *webhook
	attempt int
}

// send sends a message to the webhooks that subscribed to it, as the faults allow.
func (h *webhooks) send(m message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, k := range h.list {
		if k.owner.company != m.company || k.action != "*" && k.action != m.meta["action"] || k.object != "*" && k.object != m.meta["entity"] {
			continue
		}
		if !slices.Contains(m.permitted, k.user.id) {
			continue // their user may not see it
		}
		d := delivery{message: m, hook: k, attempt: 1}
		f := h.faults.Match("pipedrive_webhook", "", fault.OnPipedriveWebhook)
		switch {
		case f == nil:
			h.queue(d)
		case f.Kind == "drop":
			h.lost++
		case f.Kind == "delay":
			h.queueAfter(f.DelayOr(time.Second), d)
		case f.Kind == "duplicate":
			h.queue(d)
			h.queue(d)
		case f.Kind == "ban":
			k.bannedUntil = h.now().Add(banTime)
			h.lost++
		}
	}
}

// queue queues a delivery. mu must be held.
func (h *webhooks) queue(d delivery) {
	h.waiting = append(h.waiting, d)
	h.rung.Ring()
}

// queueAfter queues a delivery later. mu may be held.
func (h *webhooks) queueAfter(pause time.Duration, d delivery) {
	h.agenda.After(pause, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.queue(d)
	})
}

// run delivers one after another until ctx ends.
func (h *webhooks) run(ctx context.Context) {
	defer h.client.CloseIdleConnections()
	for {
		d, ok := h.next()
		if ok {
			h.attempt(ctx, d)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-h.rung:
		}
	}
}

// next returns the next delivery. Deliveries to a webhook that is banned or gone are lost.
func (h *webhooks) next() (delivery, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.waiting) > 0 {
		d := h.waiting[0]
		h.waiting = h.waiting[1:]
		if !slices.Contains(h.list, d.hook) || d.attempt == 1 && h.now().Before(d.hook.bannedUntil) {
			h.lost++
			continue
		}
		return d, true
	}
	return delivery{}, false
}

// attempt posts an event once, and handles the result.
func (h *webhooks) attempt(ctx context.Context, d delivery) {
	status := h.post(ctx, d)
	h.mu.Lock()
	defer h.mu.Unlock()
	k := d.hook
	k.status, k.lastAt = nil, h.now()
	if status != 0 {
		k.status = status
	}
	if status >= http.StatusOK && status < http.StatusMultipleChoices {
		h.delivered++
		k.failed = 0
		return
	}
	h.failed++
	if d.attempt == 1 {
		if k.failed++; k.failed >= banAt {
			k.failed, k.bannedUntil = 0, h.now().Add(banTime)
		}
	}
	pauses := retryPauses()
	if d.attempt > len(pauses) {
		h.lost++
		return
	}
	pause := time.Duration(float64(pauses[d.attempt-1]) * h.scale)
	d.attempt++
	h.queueAfter(pause, d)
}

// post posts an event; 0 if nothing answered.
func (h *webhooks) post(ctx context.Context, d delivery) int {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	k := d.hook
	meta := map[string]any{
		"attempt": d.attempt, "webhook_id": itoa(k.id), "webhook_owner_id": itoa(k.owner.id), "host": k.owner.company.domain + ".pipedrive.example",
	}
	for key, v := range d.meta {
		meta[key] = v
	}
	body, err := json.Marshal(map[string]any{"meta": meta, "data": mapOrNull(d.data), "previous": mapOrNull(d.before)})
	if err != nil {
		h.log.Error("encode Pipedrive's webhook", "err", err)
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
	res, err := h.client.Do(req)
	if err != nil {
		h.log.Info("Pipedrive's webhook not delivered", "attempt", d.attempt, "err", err)
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	_ = res.Body.Close()
	return res.StatusCode
}

func mapOrNull(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}
