package messenger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/model"
)

// threadOf is a thread with customer 7, of these messages.
func threadOf(id int, messages string) string {
	return fmt.Sprintf(`{"id":"t_%d","updated_time":"2026-10-01T19:11:07+0000","participants":{"data":[{"id":"7","name":"K"},{"id":"%s"}]},"messages":%s}`, id, page, messages)
}

func pastMessage(more string) string {
	return `{"id":"m_1","created_time":"2026-10-01T19:11:07+0000","from":{"id":"7"},"message":"hi"` + more + `}`
}

// What hangs on a past message may be a list, one thing, or neither; whatever is not of
// the documented shape takes neither its message nor other threads with it.
func TestPastListsOfOne(t *testing.T) {
	t.Parallel()
	const file = `{"id":"9","mime_type":"image/jpeg","image_data":{"url":"https://cdn.fbsbx.com/i"}}`
	image := model.Attachment{ID: "9", Type: "image", URL: "https://cdn.fbsbx.com/i"}
	none := []model.Attachment(nil)
	tests := []struct {
		more string
		want []model.Attachment
	}{
		{`,"attachments":{"data":[` + file + `]}`, one(image)},
		{`,"attachments":{"data":` + file + `}`, one(image)},
		{`,"attachments":[` + file + `]`, one(image)},
		{`,"attachments":` + file, one(image)},
		{`,"attachments":{"data":[7,"x",null,[],` + file + `]}`, one(image)},
		{`,"attachments":{"data":[{"id":"9","mime_type":"image/jpeg","image_data":[]}]}`, one(model.Attachment{ID: "9", Type: "file"})},
		{`,"attachments":{"data":null}`, none},
		{`,"attachments":null`, none},
		{`,"attachments":[]`, none},
		{`,"attachments":""`, none},
		{`,"attachments":"x"`, none},
		{`,"attachments":7`, none},
		{`,"shares":{"data":{"link":"https://example.org","name":"E"}}`, one(model.Attachment{ID: "1", Type: "fallback", URL: "https://example.org", Title: "E"})},
		{`,"shares":{"link":"https://example.org"}`, one(model.Attachment{ID: "1", Type: "fallback", URL: "https://example.org"})},
		{`,"shares":[]`, none},
		{`,"reply_to":[]`, none},
		{`,"sticker":{}`, none},
	}
	var threads []string
	for i, tt := range tests {
		threads = append(threads, threadOf(i, `{"data":[`+pastMessage(tt.more)+`]}`))
	}
	g := routes(t, map[string]string{"GET /v27.0/" + page + "/conversations": `{"data":[null,7,` + strings.Join(threads, ",") + `]}`})
	got, err := g.client(t).Threads(t.Context(), token, page, "", 25)
	if err != nil || len(got.Threads) != len(tests) {
		t.Fatalf("%d threads of %d: %v", len(got.Threads), len(tests), err)
	}
	for i, tt := range tests {
		want := []model.PastMessage{{MID: "m_1", Text: "hi", Attachments: tt.want, CreatedAt: time.Date(2026, 10, 1, 19, 11, 7, 0, time.UTC)}}
		if diff := cmp.Diff(want, got.Threads[i].Messages); diff != "" {
			t.Errorf("%s: %s", tt.more, diff)
		}
	}
}

// The same of the messages themselves, and of who takes part.
func TestPastThreadsOfOddShape(t *testing.T) {
	t.Parallel()
	odd := []string{
		`{"data":[7,null,{"id":"x","from":[]},` + pastMessage("") + `]}`, `[` + pastMessage("") + `]`, `{"data":` + pastMessage("") + `}`, pastMessage(""),
	}
	var threads []string
	for i, messages := range odd {
		threads = append(threads, threadOf(i, messages))
	}
	whole := len(threads)
	threads = append(threads, threadOf(8, "null"), threadOf(9, `"x"`),
		strings.Replace(threadOf(10, "[]"), `{"data":[{"id":"7","name":"K"},{"id":"`+page+`"}]}`, `{"id":"7","name":"K"}`, 1),
		strings.Replace(threadOf(11, "[]"), `{"data":[{"id":"7","name":"K"},{"id":"`+page+`"}]}`, `[]`, 1), // with nobody: left out
		`{"id":"t_12","updated_time":"10000-01-01T00:00:00+0000"}`)
	g := routes(t, map[string]string{"GET /v27.0/" + page + "/conversations": `{"data":[` + strings.Join(threads, ",") + `],"paging":[]}`})
	got, err := g.client(t).Threads(t.Context(), token, page, "", 25)
	if err != nil || len(got.Threads) != whole+3 || got.Next != "" {
		t.Fatalf("%d threads, next %q: %v", len(got.Threads), got.Next, err)
	}
	for i, th := range got.Threads {
		if th.Customer != "7" || th.Name != "K" || i < whole && len(th.Messages) != 1 || i >= whole && len(th.Messages) != 0 {
			t.Errorf("thread %d: %q %d messages", i, th.Customer, len(th.Messages))
		}
	}
}

// A time that nobody can have written at is none.
func TestPastTimes(t *testing.T) {
	t.Parallel()
	var messages []string
	for _, at := range []string{"2026-10-01T19:11:07+0000", "0000-01-01T00:00:00+2300", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+0000", "12026-01-01T00:00:00Z", "x", "9999-12-31T23:59:59-2300"} {
		messages = append(messages, `{"id":"m","created_time":"`+at+`","from":{"id":"7"},"message":"hi"}`)
	}
	g := routes(t, map[string]string{"GET /v27.0/" + page + "/conversations": `{"data":[` + threadOf(1, `{"data":[`+strings.Join(messages, ",")+`]}`) + `]}`})
	got, err := g.client(t).Threads(t.Context(), token, page, "", 25)
	if err != nil || len(got.Threads) != 1 || len(got.Threads[0].Messages) != 2 {
		t.Fatalf("%+v: %v", got, err)
	}
}
