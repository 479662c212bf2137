package graph

import (
	"fmt"
	"path"
	"time"

	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// reader returns the world's data in the form of the Graph API. It is used within a Do of the
// world.
type reader struct {
	meta meta.Identity
	st   *world.State
}

// thread returns a conversation with the requested fields.
func (r reader) thread(t *world.Customer, want []field) (map[string]any, error) {
	if len(want) == 0 {
		want = []field{{name: "updated_time"}}
	}
	out := map[string]any{"id": t.Thread}
	for _, f := range want {
		switch f.name {
		case "id":
		case "updated_time":
			out["updated_time"] = graphTime(t.Updated())
		case "link":
			out["link"] = "/" + pageUsername + "/inbox/" + t.PSID + "/"
		case "snippet":
			out["snippet"] = t.Messages[len(t.Messages)-1].Text
		case "message_count":
			out["message_count"] = len(t.Messages)
		case "unread_count":
			out["unread_count"] = t.Unread()
		case "can_reply":
			out["can_reply"] = r.st.WindowOpen(t) && t.Unreachable == 0
		case "is_subscribed", "is_owner":
			out[f.name] = true
		case "folder":
			out["folder"] = "inbox"
		case "participants", "senders":
			out[f.name] = map[string]any{"data": []any{r.customer(t), r.page()}}
		case "name", "former_participants", "scoped_thread_key", "wallpaper", "linked_group":
			// Empty for a conversation with a customer; Meta leaves it out.
		case "messages":
			node, err := r.nestedMessages(t, f)
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

func (r reader) customer(t *world.Customer) map[string]any {
	return map[string]any{"name": t.Person.Name, "email": t.PSID + "@facebook.com", "id": t.PSID}
}

func (r reader) page() map[string]any {
	return map[string]any{"name": pageName, "email": r.meta.PageID + "@facebook.com", "id": r.meta.PageID}
}

// message returns a message with the requested fields; without details it has only id and time.
func (r reader) message(m *world.Message, want []field, detailed bool) (map[string]any, error) {
	if len(want) == 0 {
		want = []field{{name: "created_time"}}
	}
	out := map[string]any{"id": m.MID}
	for _, f := range want {
		v, known := r.field(m, f.name)
		if !known {
			return nil, errNoField(f.name, "UnifiedMessage")
		}
		if v != nil && (detailed || f.name == "created_time") {
			out[f.name] = v
		}
	}
	return out, nil
}

// field returns the value of one field, nil if empty, and whether messages have such a field at
// all.
func (r reader) field(m *world.Message, name string) (v any, known bool) {
	from, to := r.customer(m.Owner), r.page()
	if m.FromPage {
		from, to = to, from
	}
	switch name {
	case "id", "shares":
	case "created_time":
		v = graphTime(m.At)
	case "from":
		v = from
	case "to":
		v = map[string]any{"data": []any{to}}
	case "message":
		v = m.Text
	case "attachments":
		v = attachmentNodes(m)
	case "sticker":
		if u := stickerURL(m); u != "" {
			v = u
		}
	case "reply_to":
		if m.ReplyTo != "" {
			v = map[string]any{"mid": m.ReplyTo, "is_self_reply": r.st.OwnReply(m)}
		}
	case "reactions":
		if m.Reaction != "" {
			v = map[string]any{"data": []any{map[string]any{"reaction": m.Reaction}}}
		}
	case "tags":
		v = map[string]any{"data": []any{map[string]string{"name": "inbox"}, map[string]string{"name": "source:web"}}}
	default:
		return nil, false
	}
	return v, true
}

// attachmentNodes returns the attachments edge; nil if there are none.
func attachmentNodes(m *world.Message) any {
	data := []any{}
	for i, a := range m.Attachments {
		id := fmt.Sprintf("%d%03d", m.At, i)
		switch a.Type {
		case "sticker":
			continue
		case "image":
			data = append(data, map[string]any{
				"id": id, "mime_type": "image/jpeg", "name": path.Base(a.URL()), "size": 2048,
				"image_data": map[string]any{"url": a.URL(), "preview_url": a.URL(), "width": 320, "height": 240, "image_type": 1},
			})
		case "video":
			data = append(data, map[string]any{
				"id": id, "mime_type": "video/mp4", "name": "video.mp4", "size": 2048,
				"video_data": map[string]any{"url": a.URL(), "preview_url": a.URL(), "length": 3},
			})
		default:
			data = append(data, map[string]any{
				"id": id, "mime_type": fileType(a), "name": path.Base(a.URL()),
				"size": 2048, "file_url": a.URL(),
			})
		}
	}
	if len(data) == 0 {
		return nil
	}
	return map[string]any{"data": data}
}

// fileType returns the media type that Meta gives for sound and files.
func fileType(a meta.Attachment) string {
	if a.Type == "audio" {
		return "audio/mp4"
	}
	return "application/octet-stream"
}

// stickerURL returns the address of a message's sticker, or "".
func stickerURL(m *world.Message) string {
	for _, a := range m.Attachments {
		if a.Type == "sticker" {
			return a.URL()
		}
	}
	return ""
}

// graphTime formats a time as the Graph API does.
func graphTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05-0700")
}
