package graph

import (
	"net/url"
	"slices"
	"strings"
)

// knownFields returns Meta's subscription fields for messaging.
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

// fieldSet parses a list of fields, comma separated or a JSON array.
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
func (g *Graph) subscribePage(c *call) (any, error) {
	set, err := fieldSet(c.param("subscribed_fields"))
	if err != nil {
		return nil, err
	}
	g.hooks.SubscribePage(set)
	return map[string]bool{"success": true}, nil
}

func (g *Graph) unsubscribePage(*call) (any, error) {
	g.hooks.UnsubscribePage()
	return map[string]bool{"success": true}, nil
}

func (g *Graph) listSubscribedApps(*call) (any, error) {
	data := []any{}
	if subscribed, fields := g.hooks.Page(); subscribed {
		data = append(data, map[string]any{
			"category": "Business", "link": "https://example.com/app", "name": appName,
			"id": g.meta.AppID, "subscribed_fields": fields,
		})
	}
	return map[string]any{"data": data}, nil
}

// subscribeApp answers POST /{app}/subscriptions: it verifies the callback at once, and keeps it
// only if that succeeds.
func (g *Graph) subscribeApp(c *call) (any, error) {
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
	if err := g.hooks.Handshake(c.r.Context(), *callback, c.param("verify_token")); err != nil {
		return nil, &graphError{code: 2200, message: "(#2200) Callback verification failed with the following errors: " + err.Error()}
	}
	g.hooks.SubscribeApp(callback.String(), set)
	return map[string]bool{"success": true}, nil
}

func (g *Graph) listSubscriptions(c *call) (any, error) {
	if c.who != asApp {
		return nil, errNeedAppToken()
	}
	data := []any{}
	if callback, names := g.hooks.App(); callback != "" {
		fields := []any{}
		for _, name := range names {
			fields = append(fields, map[string]string{"name": name, "version": newestVersion})
		}
		data = append(data, map[string]any{
			"object": "page", "callback_url": callback, "active": true, "fields": fields,
		})
	}
	return map[string]any{"data": data}, nil
}

func (g *Graph) unsubscribeApp(c *call) (any, error) {
	if c.who != asApp {
		return nil, errNeedAppToken()
	}
	g.hooks.UnsubscribeApp()
	return map[string]bool{"success": true}, nil
}
