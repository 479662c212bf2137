package inbox

import "log/slog"

// LogValue implements [slog.LogValuer].
func (t Thread) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("messages", len(t.Messages)), slog.Bool("loaded", t.Loaded), slog.Bool("stale", t.Stale))
}
