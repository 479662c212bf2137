package uitest

import (
	"context"

	"parley/model"
	"parley/model/label"
)

// Desk is what a hub that is played knows of labels.
type Desk struct{ Counted []label.Count }

// Labels implements labels.Hub.
func (d *Desk) Labels(context.Context, model.PageID) ([]label.Count, error) { return d.Counted, nil }
