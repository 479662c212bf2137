package pipedrive_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"parley/model"
)

// A company may have more pipelines, stages and leads than a page of the API holds: the
// last ones are there, too, in their order.
func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	const pipelines, stages, page = 620, 1240, 500
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer := func(total int, one func(i int) map[string]any) {
			from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
			if r.URL.Query().Get("limit") != strconv.Itoa(page) {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			list := []map[string]any{}
			for i := from; i < min(from+page, total); i++ {
				list = append(list, one(i))
			}
			more := map[string]any{"next_cursor": nil}
			if from+page < total {
				more["next_cursor"] = strconv.Itoa(from + page)
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "data": list, "additional_data": more})
		}
		switch r.URL.Path {
		case "/api/v2/pipelines":
			answer(pipelines, func(i int) map[string]any { return map[string]any{"id": i + 1, "name": fmt.Sprint("P", i)} })
		case "/api/v2/stages": // by their place in their pipelines: the last ones of all come last
			answer(stages, func(i int) map[string]any {
				return map[string]any{"id": i + 1, "name": fmt.Sprint("S", i), "order_nr": i / pipelines, "pipeline_id": i%pipelines + 1}
			})
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	list, err := f.Stages(t.Context(), nil)
	if err != nil || len(list) != stages {
		t.Fatalf("%d stages (%v), want %d", len(list), err, stages)
	}
	for i, s := range list {
		if want := int64(i/2 + i%2*pipelines + 1); s.ID != want || s.PipelineID != int64(i/2+1) {
			t.Fatalf("stage %d is %d of pipeline %d, want %d", i, s.ID, s.PipelineID, want)
		}
	}
}

// A list that never ends is none.
func TestListWithoutAnEnd(t *testing.T) {
	t.Parallel()
	calls := 0
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = w.Write([]byte(`{"success":true,"data":[],"additional_data":{"next_cursor":"again"}}`))
	})
	if _, err := f.Stages(t.Context(), nil); !errors.Is(err, model.ErrCRMUnavailable) || calls > 30 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}
