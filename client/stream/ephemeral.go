package stream

import "parley/model"

// maxTold is how much may wait to be told to colleagues; beyond it, it is lost.
const maxTold = 16

// Tell tells colleagues who see the Page what the user does: types, or looks at a
// conversation. It never waits; it is lost where the hub can't be told now. The hub says
// who the user is, whatever the frame says. It is safe for concurrent use.
func (s *Follower) Tell(l model.Ephemeral) {
	select {
	case s.told <- l:
	default:
	}
}

// relay hands on what is to be told. Before the hub has welcomed the connection it is
// old news.
func (s *Follower) relay(socket *socket, l model.Ephemeral) error {
	if !s.live {
		return nil
	}
	return socket.send(l)
}
