package sandbox

import (
	"fmt"
	"time"
)

// threadNode is a conversation with the fields asked for. mu held.
func (s *Sandbox) threadNode(t *customer, want []field) (map[string]any, error) {
	if len(want) == 0 {
		want = []field{{name: "updated_time"}}
	}
	out := map[string]any{"id": t.thread}
	for _, f := range want {
		switch f.name {
		case "id":
		case "updated_time":
			out["updated_time"] = graphTime(t.updated())
		case "link":
			out["link"] = "/" + pageUsername + "/inbox/" + t.psid + "/"
		case "snippet":
			out["snippet"] = t.messages[len(t.messages)-1].text
		case "message_count":
			out["message_count"] = len(t.messages)
		case "unread_count":
			out["unread_count"] = t.unread()
		case "can_reply":
			out["can_reply"] = s.windowOpen(t) && t.unreachable == 0
		case "is_subscribed", "is_owner":
			out[f.name] = true
		case "folder":
			out["folder"] = "inbox"
		case "participants", "senders":
			out[f.name] = map[string]any{"data": []any{s.customerNode(t), s.pageNode()}}
		case "name", "former_participants", "scoped_thread_key", "wallpaper", "linked_group":
			// Empty on a conversation with a customer; Meta leaves it out.
		case "messages":
			node, err := s.nestedMessages(t, f)
			if err != nil {
				return nil, err
			}
			out["messages"] = node
		default:
			return nil, errNoField(f.name, "UnifiedThread")
		}
	}
	return out, nil
}

// unread counts what came in since the Page wrote last.
func (c *customer) unread() int {
	n := 0
	for i := len(c.messages) - 1; i >= 0 && !c.messages[i].fromPage; i-- {
		n++
	}
	return n
}

func (s *Sandbox) customerNode(t *customer) map[string]any {
	return map[string]any{"name": t.person.name, "email": t.psid + "@facebook.com", "id": t.psid}
}

func (s *Sandbox) pageNode() map[string]any {
	return map[string]any{"name": pageName, "email": s.info.PageID + "@facebook.com", "id": s.info.PageID}
}

// messageNode is a message with the fields asked for; one that is not detailed
// has its id and time only. mu held.
func (s *Sandbox) messageNode(m *message, want []field, detailed bool) (map[string]any, error) {
	if len(want) == 0 {
		want = []field{{name: "created_time"}}
	}
	out := map[string]any{"id": m.mid}
	for _, f := range want {
		v, known := s.messageField(m, f.name)
		if !known {
			return nil, errNoField(f.name, "UnifiedMessage")
		}
		if v != nil && (detailed || f.name == "created_time") {
			out[f.name] = v
		}
	}
	return out, nil
}

// messageField is the value of one field, nil when empty; it tells whether
// messages have such a field at all. mu held.
func (s *Sandbox) messageField(m *message, name string) (v any, known bool) {
	from, to := s.customerNode(m.owner), s.pageNode()
	if m.fromPage {
		from, to = to, from
	}
	switch name {
	case "id", "shares":
	case "created_time":
		v = graphTime(m.at)
	case "from":
		v = from
	case "to":
		v = map[string]any{"data": []any{to}}
	case "message":
		v = m.text
	case "attachments":
		v = attachmentNodes(m)
	case "sticker":
		if u := stickerURL(m); u != "" {
			v = u
		}
	case "reply_to":
		if m.replyTo != "" {
			v = map[string]any{"mid": m.replyTo, "is_self_reply": s.ownReply(m)}
		}
	case "reactions":
		if m.reaction != "" {
			v = map[string]any{"data": []any{map[string]any{"reaction": m.reaction}}}
		}
	case "tags":
		v = map[string]any{"data": []any{map[string]string{"name": "inbox"}, map[string]string{"name": "source:web"}}}
	default:
		return nil, false
	}
	return v, true
}

// ownReply tells whether a message answers one of the same side. mu held.
func (s *Sandbox) ownReply(m *message) bool {
	quoted := s.world.messages[m.replyTo]
	return quoted != nil && quoted.fromPage == m.fromPage
}

// attachmentNodes is the attachments edge; nil when there are none.
func attachmentNodes(m *message) any {
	data := []any{}
	for i, a := range m.attachments {
		id := fmt.Sprintf("%d%03d", m.at, i)
		switch a.Type {
		case "sticker":
			continue
		case "image":
			data = append(data, map[string]any{
				"id": id, "mime_type": "image/png", "name": "image.png", "size": 2048,
				"image_data": map[string]any{"url": a.url(), "preview_url": a.url(), "width": 320, "height": 240, "image_type": 1},
			})
		case "video":
			data = append(data, map[string]any{
				"id": id, "mime_type": "video/mp4", "name": "video.mp4", "size": 2048,
				"video_data": map[string]any{"url": a.url(), "preview_url": a.url(), "length": 3},
			})
		default:
			data = append(data, map[string]any{
				"id": id, "mime_type": "application/octet-stream", "name": a.Type,
				"size": 2048, "file_url": a.url(),
			})
		}
	}
	if len(data) == 0 {
		return nil
	}
	return map[string]any{"data": data}
}

// stickerURL is the address of a message's sticker, or "".
func stickerURL(m *message) string {
	for _, a := range m.attachments {
		if a.Type == "sticker" {
			return a.url()
		}
	}
	return ""
}

// graphTime is how the Graph API writes a time.
func graphTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05-0700")
}
