package client_test

import (
	"net/http"
	"testing"

	"parley/client"
	"parley/client/clienttest"
	"parley/model"
)

// What is asked about records and their transcripts, and nothing besides.
func TestTranscriptsAreAskedFor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	twelve := model.RecordRef{Type: model.Person, ID: "12"}
	for want, ask := range map[string]func(*client.Client) error{
		"GET /v1/crm/person/12?transcripts=false ": func(c *client.Client) error { _, err := c.Record(ctx, twelve); return err },
		"GET /v1/crm/person/12?for=100_7&transcripts=false ": func(c *client.Client) error {
			_, err := c.RecordFor(ctx, twelve, "100_7")
			return err
		},
		"GET /v1/crm/person/12? ":                func(c *client.Client) error { _, err := c.RecordTranscripts(ctx, twelve, ""); return err },
		"GET /v1/crm/person/12?cursor=a%2Fb%3D ": func(c *client.Client) error { _, err := c.RecordTranscripts(ctx, twelve, "a/b="); return err },
		"POST /v1/conversations/a%2Fb/sync? ":    func(c *client.Client) error { _, err := c.SyncNow(ctx, "a/b"); return err },
		`PUT /v1/conversations/100_7/sync? {"on":false}`: func(c *client.Client) error {
			_, err := c.SetSync(ctx, "100_7", false)
			return err
		},
		`PUT /v1/pages/100%2F/sync? {"on":true}`: func(c *client.Client) error { _, err := c.SetPageSync(ctx, "100/", true); return err },
	} {
		s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, struct{}{}) }}
		if err := ask(clienttest.NewClient(t, s)); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		c := s.Got()[0]
		if got := c.Method + " " + c.Path + "?" + c.Query + " " + string(c.Body); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTranscriptsAnswer(t *testing.T) {
	t.Parallel()
	want := model.RecordView{
		Record: model.Record{RecordRef: model.RecordRef{Type: model.Deal, ID: "42"}, Title: "Office chairs"}, Cursor: "next",
		Transcripts: []model.Transcript{{Day: "2026-11-17", Zone: "Asia/Tokyo", Page: "Aoyama", Lines: []model.TranscriptLine{{Direction: model.In, Author: "花子", Text: "<b>見積"}}}},
	}
	s := &clienttest.Script{Answer: func(int, *http.Request) (*http.Response, error) { return clienttest.Success(http.StatusOK, want) }}
	got, err := clienttest.NewClient(t, s).RecordTranscripts(t.Context(), want.Record.RecordRef, "")
	if err != nil || got.Cursor != "next" || len(got.Transcripts) != 1 || got.Transcripts[0].Lines[0].Text != "<b>見積" || got.Record.Title != "Office chairs" {
		t.Errorf("got %+v (%v)", got, err)
	}
}
