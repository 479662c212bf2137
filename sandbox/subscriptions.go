package sandbox

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/web"
)

// appState is the app's webhook subscription.
type appState struct {
	callback string // "" until a handshake succeeded
	fields   map[string]bool
}

// knownFields are the subscription fields that Meta knows for messaging.
func knownFields() []string {
	return []string{
		"messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries",
		"message_reads", "message_context", "message_mention", "message_template_status_update",
		"messaging_postbacks", "messaging_referrals", "messaging_optins", "messaging_optouts",
		"messaging_handovers", "messaging_policy_enforcement", "messaging_account_linking",
		"messaging_appointments", "messaging_checkout_updates", "messaging_customer_information",
		"messaging_direct_sends", "messaging_fblogin_account_linking", "messaging_feedback",
		"messaging_game_plays", "messaging_in_thread_lead_form_submit", "messaging_integrity",
		"messaging_payments", "messaging_pre_checkouts", "business_integrity", "response_feedback",
		"send_cart", "standby", "inbox_labels", "conversations", "feed", "group_feed", "calls",
		"call_permission_reply", "call_settings_update", "user_action",
	}
}

// fieldSet reads a list of fields, comma separated or a JSON array.
func fieldSet(text string) (map[string]bool, error) {
	set := map[string]bool{}
	for name := range strings.SplitSeq(strings.Trim(text, "[]"), ",") {
		name = strings.Trim(strings.TrimSpace(name), `"`)
		if name == "" {
			continue
		}
		if !slices.Contains(knownFields(), name) {
			return nil, badParam("Param subscribed_fields must be one of {%s} - got %q.", strings.ToUpper(strings.Join(knownFields(), ", ")), name)
		}
		set[name] = true
	}
	if len(set) == 0 {
		return nil, badParam("The parameter subscribed_fields is required.")
	}
	return set, nil
}

// subscribePage answers POST /{page}/subscribed_apps; it replaces the fields.
func (s *Sandbox) subscribePage(c *call) (any, error) {
	set, err := fieldSet(c.param("subscribed_fields"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.page.subscribed, s.page.fields = true, set
	s.subscriptionChanged()
	s.mu.Unlock()
	return map[string]bool{"success": true}, nil
}

func (s *Sandbox) unsubscribePage(*call) (any, error) {
	s.mu.Lock()
	s.page.subscribed = false
	s.mu.Unlock()
	return map[string]bool{"success": true}, nil
}

func (s *Sandbox) listSubscribedApps(*call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data := []any{}
	if s.page.subscribed {
		data = append(data, map[string]any{
			"category": "Business", "link": "https://example.com/app", "name": appName,
			"id": s.info.AppID, "subscribed_fields": slices.Sorted(maps.Keys(s.page.fields)),
		})
	}
	return map[string]any{"data": data}, nil
}

// subscribeApp answers POST /{app}/subscriptions: it shakes hands with the
// callback at once, and keeps it only if that succeeds.
func (s *Sandbox) subscribeApp(c *call) (any, error) {
	if c.who != asApp {
		return nil, errNeedAppToken()
	}
	if c.param("object") != "page" {
		return nil, badParam("Param object must be one of {PAGE} - got %q.", c.param("object"))
	}
	set, err := fieldSet(c.param("fields"))
	if err != nil {
		return nil, err
	}
	callback, err := url.Parse(c.param("callback_url"))
	if err != nil || callback.Host == "" || (callback.Scheme != "http" && callback.Scheme != "https") {
		return nil, badParam("param callback_url must be a valid URL")
	}
	if c.param("verify_token") == "" {
		return nil, badParam("The parameter verify_token is required.")
	}
	if err := s.handshake(c.r.Context(), *callback, c.param("verify_token")); err != nil {
		return nil, &graphError{code: 2200, message: "(#2200) Callback verification failed with the following errors: " + err.Error()}
	}
	s.mu.Lock()
	s.app = appState{callback: callback.String(), fields: set}
	s.subscriptionChanged()
	s.mu.Unlock()
	return map[string]bool{"success": true}, nil
}

// handshake asks the callback to prove that it knows the verify token.
func (s *Sandbox) handshake(ctx context.Context, callback url.URL, verify string) error {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	s.mu.Lock()
	challenge := strconv.Itoa(1_000_000_000 + s.wire.IntN(1_000_000_000))
	s.mu.Unlock()
	q := callback.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", verify)
	q.Set("hub.challenge", challenge)
	callback.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, callback.String(), nil) //nolint:gosec // An app names its own callback; that is what a handshake is for.
	if err != nil {
		return err
	}
	res, err := s.client.Do(req) //nolint:gosec // As above.
	if err != nil {
		return fmt.Errorf("curl_errno = 7; curl_error = %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return fmt.Errorf("curl_errno = 56; curl_error = %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP Status Code = %d; HTTP Message = %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	if string(body) != challenge {
		return fmt.Errorf("the response does not match the challenge, expected value=%q, received=%q", challenge, web.Clip(string(body), 80))
	}
	return nil
}

func (s *Sandbox) listSubscriptions(c *call) (any, error) {
	if c.who != asApp {
		return nil, errNeedAppToken()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data := []any{}
	if s.app.callback != "" {
		fields := []any{}
		for _, name := range slices.Sorted(maps.Keys(s.app.fields)) {
			fields = append(fields, map[string]string{"name": name, "version": newestVersion})
		}
		data = append(data, map[string]any{
			"object": "page", "callback_url": s.app.callback, "active": true, "fields": fields,
		})
	}
	return map[string]any{"data": data}, nil
}

func (s *Sandbox) unsubscribeApp(c *call) (any, error) {
	if c.who != asApp {
		return nil, errNeedAppToken()
	}
	s.mu.Lock()
	s.app = appState{}
	s.mu.Unlock()
	return map[string]bool{"success": true}, nil
}

// listening tells whether events go out: the app has a callback and the Page is
// subscribed. mu held.
func (s *Sandbox) listening() bool {
	return s.app.callback != "" && s.page.subscribed
}

// subscriptionChanged lets history and customers begin once events go out, and
// calls retries that pause, as the callback may be another one now. mu held.
func (s *Sandbox) subscriptionChanged() {
	if !s.listening() {
		return
	}
	if !s.opened {
		s.opened = true
		close(s.active)
	}
	close(s.out.kick)
	s.out.kick = make(chan struct{})
}

// webhookTimeout is how long Meta waits for an answer of the callback.
const webhookTimeout = 5 * time.Second
