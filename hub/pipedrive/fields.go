package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"parley/model"
)

// isCode reports whether s has the form of a custom field's code: 40 hexadecimal digits.
func isCode(s string) bool { return len(s) == 40 && strings.Trim(s, "0123456789abcdef") == "" }

// PersonField returns the code of the persons' custom field with that name, using the company
// token; [model.ErrCRMNotFound] if there is none. Codes differ between companies.
func (c *Client) PersonField(ctx context.Context, name string) (code string, err error) {
	const call = "personFields"
	by, err := c.credential(call, nil)
	if err != nil {
		return "", err
	}
	err = c.pages(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v2/personFields"}, func(data json.RawMessage) (ok, enough bool) {
		ok = each(data, func(one json.RawMessage) {
			if found, is := readField(one, name); is && code == "" {
				code = found
			}
		})
		return ok, code != ""
	})
	if err == nil && code == "" {
		err = fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	return code, err
}

// readField returns the code of a custom field if it has that name.
func readField(data json.RawMessage, name string) (code string, ok bool) {
	var w struct {
		Name   string `json:"field_name"`
		Code   string `json:"field_code"`
		Custom bool   `json:"is_custom_field"`
	}
	if json.Unmarshal(data, &w) != nil || w.Name != name || !w.Custom || !isCode(w.Code) {
		return "", false
	}
	return w.Code, true
}

// CreatePersonField creates a custom field of persons for texts of up to 255 characters, using
// the company token, and returns its code.
func (c *Client) CreatePersonField(ctx context.Context, name string) (code string, err error) {
	const call = "add personField"
	if strings.TrimSpace(name) == "" {
		return "", fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMInvalid)
	}
	by, err := c.credential(call, nil)
	if err != nil {
		return "", err
	}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodPost, path: "/api/v2/personFields", body: map[string]any{"field_name": name, "field_type": "varchar"}})
	if err != nil {
		return "", err
	}
	code, ok := readField(a.data, name)
	if !ok {
		return "", unavailable(call, errUnreadable)
	}
	return code, nil
}

// SetPersonField sets a custom field of a person; an empty value clears it.
func (c *Client) SetPersonField(ctx context.Context, as *model.CRMGrant, person, code, value string) error {
	const call = "change person"
	by, err := c.credential(call, as)
	if err != nil {
		return err
	}
	known, ok := ref(model.Person, person)
	if !ok {
		return fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	if !isCode(code) {
		return fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMInvalid)
	}
	fields := map[string]any{code: value}
	if value == "" {
		fields[code] = nil
	}
	_, err = c.do(ctx, by, request{name: call, method: http.MethodPatch, path: "/api/v2/persons/" + known.ID, body: map[string]any{"custom_fields": fields}})
	return err
}
