package api_test

import (
	"context"
	"fmt"
	"io"

	"parley/model"
)

// Act implements [hub.Actor].
func (g *fakeGraph) Act(_ context.Context, a model.SenderAction) model.Outcome {
	g.mu.Lock()
	g.acts = append(g.acts, a)
	answer := g.onAct
	g.mu.Unlock()
	if answer != nil {
		return answer(a)
	}
	return model.Outcome{Kind: model.OutcomeAccepted}
}

// UploadFile implements [hub.Graph].
func (g *fakeGraph) UploadFile(_ context.Context, f model.OutgoingFile) model.Outcome {
	file, err := f.Open()
	if err != nil {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.UploadGone}
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil || int64(len(b)) != f.Size {
		return model.Outcome{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.uploaded = append(g.uploaded, f.Kind+" "+f.Name+" "+string(b))
	if len(g.onUpload) > 0 {
		var o model.Outcome
		o, g.onUpload = g.onUpload[0], g.onUpload[1:]
		return o
	}
	return model.Outcome{Kind: model.OutcomeAccepted, AttachmentID: fmt.Sprintf("a_%d", len(g.uploaded))}
}
