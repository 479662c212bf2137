// Package notices is what Facebook and the hub itself tell of a Page, and the mails about what
// Facebook's policy team says.
//
// A mail is queued in the transaction that stores its notice, with its Message-ID, so that there
// is one for each event whatever Meta sends again. It is sent at least once: a hub that ends
// between the mail server's answer and its own commit sends it again by the same Message-ID, by
// which mail programs know it. A notice of Facebook that nobody reads costs more than one that
// comes twice.
//
// It needs a mail server, and the transactions of hub/txn.
package notices
