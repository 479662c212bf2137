package uitest

import (
	"context"
	"slices"

	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// Desk is what a hub that is played knows of labels and of saved views.
type Desk struct {
	Counted []label.Count
	Saved   []query.Saved
}

// Views implements views.Hub.
func (d *Desk) Views(context.Context) ([]query.Saved, error) { return slices.Clone(d.Saved), nil }

// SaveView implements views.Hub.
func (d *Desk) SaveView(_ context.Context, v query.Saved, place int) (query.Saved, error) {
	v, err := v.Tidy()
	if err == nil {
		d.Saved, err = query.Placed(d.Saved, v, place)
	}
	return v, err
}

// DropView implements views.Hub.
func (d *Desk) DropView(_ context.Context, id string) error {
	d.Saved = slices.DeleteFunc(d.Saved, func(v query.Saved) bool { return v.ID == id })
	return nil
}

// Labels implements labels.Hub.
func (d *Desk) Labels(context.Context, model.PageID) ([]label.Count, error) { return d.Counted, nil }
