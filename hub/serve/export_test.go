package serve

// Open returns how many connections there are, and how many of them have not signed in.
func (l *Listener) Open() (all, strangers int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.strangers.n + l.known.n, l.strangers.n
}
