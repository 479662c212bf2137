package theme

// Glyphs are the symbols of states; each is one cell wide, except Read and More.
type Glyphs struct {
	Unread, Selected, Chosen, Draft, Asks string
	Sent, Read, Waiting, Failed           string
	Linked, Pinned, Snoozed, Private      string
	Live, Reconnecting, Rule, Column      string
	More, Bullet, Quote, Heart, Bar, Prev string
}

var (
	unicode = Glyphs{
		Unread: "●", Selected: "▌", Chosen: "+", Draft: "✎", Asks: "!",
		Sent: "✓", Read: "✓✓", Waiting: "○", Failed: "×",
		Linked: "◆", Pinned: "▲", Snoozed: "◔", Private: "■",
		Live: "●", Reconnecting: "○", Rule: "─", Column: "│",
		More: "…", Bullet: "·", Quote: "│", Heart: "♡", Bar: "▌", Prev: "▾",
	}
	ascii = Glyphs{
		Unread: "*", Selected: ">", Chosen: "+", Draft: "~", Asks: "!",
		Sent: "v", Read: "vv", Waiting: "o", Failed: "x",
		Linked: "#", Pinned: "^", Snoozed: "z", Private: "P",
		Live: "*", Reconnecting: "o", Rule: "-", Column: "|",
		More: "...", Bullet: "-", Quote: "|", Heart: "<3", Bar: "|", Prev: "v",
	}
)
