// Package graphtest has what fakes of the Graph API share: the hub's own tests and those of its
// HTTP interface play Meta each in their own way, except for this.
package graphtest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"parley/model"
)

// Files accepts files as Meta does.
type Files struct {
	mu     sync.Mutex
	taken  []string
	script []model.Outcome
}

// Taken returns the files that were uploaded, each as its kind, name and content.
func (f *Files) Taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.taken)
}

// FilesLike adds outcomes for the next files; without one, a file is accepted.
func (f *Files) FilesLike(all ...model.Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, all...)
}

// UploadFile implements outbox.Meta.
func (f *Files) UploadFile(_ context.Context, file model.OutgoingFile) model.Outcome {
	content, err := file.Open()
	if err != nil {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.UploadGone}
	}
	defer content.Close()
	b, err := io.ReadAll(content)
	if err != nil || int64(len(b)) != file.Size {
		return model.Outcome{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken = append(f.taken, file.Kind+" "+file.Name+" "+string(b))
	if len(f.script) > 0 {
		var o model.Outcome
		o, f.script = f.script[0], f.script[1:]
		return o
	}
	return model.Outcome{Kind: model.OutcomeAccepted, AttachmentID: fmt.Sprintf("a_%d", len(f.taken))}
}
