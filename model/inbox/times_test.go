package inbox_test

import (
	"time"

	"parley/model"
)

// noon is when the tests happen.
var noon = time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}

const installer = model.UserID("0192f0c1-0000-7000-8000-000000000001")

// openPage is a shared Page to which nothing stands in the way.
func openPage() model.Page {
	return model.Page{
		ID: "1", PageID: "1", Visibility: model.Shared, Installer: model.UserRef{ID: installer},
		Sees: true, ConnectedAt: at(-time.Hour), Subscribed: true,
	}
}
