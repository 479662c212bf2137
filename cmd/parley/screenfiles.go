package main

import (
	"parley/client"
	"parley/ui"
)

// screenFiles returns the user's files; nil over SSH, where they are on another machine.
func (p *screenCommand) screenFiles() ui.Files {
	if p.seat != nil {
		return nil
	}
	return client.Files{}
}
