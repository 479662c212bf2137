// Package replies tracks replies on their way out: the line in which the replies of one
// conversation leave and are shown, their states, and how we learn that one arrived, be it by
// Meta's answer to the call, by its echo or from the Page's inbox.
//
// It works within a transaction of package txn and needs only its [Rules].
//
// It makes no outside calls and starts no attempts.
package replies
