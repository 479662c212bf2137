// Package notices stores what Facebook and the hub itself report about a Page, and mails what
// Facebook's policy team says.
//
// A mail is queued in the transaction that stores its notice, with its Message-ID, so that
// there is one for each event however often Meta sends it. It is sent at least once: a hub that
// ends between the mail server's answer and its own commit sends it again with the same
// Message-ID, by which mail programs recognise it. A notice that nobody reads costs more than
// one that comes twice.
//
// It needs a mail server, and the transactions of hub/txn.
package notices
