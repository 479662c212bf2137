package inbox

import (
	"iter"

	"parley/model"
)

// Held returns the conversations held of a Page, in no order. The Inbox must not change
// meanwhile.
func (in *Inbox) Held(page model.PageID) iter.Seq[model.Conversation] {
	return func(yield func(model.Conversation) bool) {
		p, ok := in.pages[page]
		if !ok {
			return
		}
		for _, r := range p.rows {
			if !yield(in.row(r).Conversation) {
				return
			}
		}
	}
}
