package screen

import (
	"parley/client"
	"parley/client/outbox"
	"parley/model"
	"parley/ui/app"
)

// screenHub is the hub as the screen needs it: the client's calls, replies on their way,
// and what colleagues are told.
type screenHub struct {
	*client.Client
	*outbox.Outbox
	tell    func(model.Ephemeral)
	explain func(error) string
}

var _ app.Hub = screenHub{}

// Tell implements [ui.Hub].
func (h screenHub) Tell(f model.Ephemeral) { h.tell(f) }

// Explain implements [ui.Hub].
func (h screenHub) Explain(err error) string { return h.explain(err) }
