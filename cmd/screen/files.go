package screen

import (
	"parley/client/outbox"
	"parley/ui/browse"
	"parley/ui/conversation"
)

// screenFiles returns the user's files; nil over SSH, where they are on another machine.
func (p *screen) screenFiles() conversation.Files {
	if p.Seat != nil {
		return nil
	}
	return outbox.Files{}
}

// downloads returns where attachments are saved to be opened; nil over SSH.
func (p *screen) saved() browse.Downloads {
	if p.Seat != nil {
		return nil
	}
	return p.Downloads()
}
