package stream

import "parley/model"

// maxTold is how many ephemeral frames may wait to be sent; more are dropped.
const maxTold = 16

// Tell tells colleagues who see the Page what the user does: types, or looks at a
// conversation. It never blocks; the frame is dropped if it can't be sent now. The hub fills
// in the user. It is safe for concurrent use.
func (s *Follower) Tell(l model.Ephemeral) {
	select {
	case s.told <- l:
	default:
	}
}

// relay sends an ephemeral frame. Before the hub's welcome it drops the frame, which would be
// out of date.
func (s *Follower) relay(socket *socket, l model.Ephemeral) error {
	if !s.live {
		return nil
	}
	return socket.send(l)
}
