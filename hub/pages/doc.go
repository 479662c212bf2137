// Package pages is what the hub does with Pages: it connects, checks and disconnects them,
// shows and sets what they greet with, reads what of their past is not here yet, and asks who
// their customers are.
//
// It owns the installations with their tokens, how far a Page's inbox was read, and the names of
// customers. A Page's row commits before its webhooks are asked for, so that the first event
// finds it; who lost sight of a Page is sent nothing of it any more when the change of it is
// answered.
//
// It needs Meta, hub/company, which tells who is an admin, the transactions of hub/txn, and
// hub/receive, into whose transaction past messages are read. Whom a change of a Page has to be
// made known to, how what waits to be sent fails, and how notices are left it is told by what it
// is given.
package pages
