package pipedrive

// organizations serves the routes of organizations.
type organizations struct{ *book }

// get answers GET /organizations/{id}. mu must be held.
func (h organizations) get(c call) (int, any) {
	o, ok := find(h.organizations, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return success(map[string]any{
		"id": o.id, "name": o.name, "owner_id": o.owner.id, "add_time": o.added.UTC().Format(timeV2), "update_time": o.updated.UTC().Format(timeV2),
		"is_deleted": false, "visible_to": o.visible, "address": map[string]any{"value": o.address}, "label_ids": []int{}, "custom_fields": map[string]any{},
	})
}
