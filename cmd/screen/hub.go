package screen

import (
	"parley/client"
	"parley/client/outbox"
	"parley/model"
	"parley/ui/app"
)

// screenHub is the hub as the screen needs it: the client's calls, the outbox, and ephemeral
// frames.
type screenHub struct {
	*client.Client
	*outbox.Outbox
	tell    func(model.Ephemeral)
	explain func(error) string
}

var _ app.Hub = screenHub{}

// Tell implements [app.Hub].
func (h screenHub) Tell(f model.Ephemeral) { h.tell(f) }

// Explain implements [app.Hub].
func (h screenHub) Explain(err error) string { return h.explain(err) }
