// Package replies is how replies stand on their way: the line in which those of one
// conversation leave and show, the states that they pass, and how one is known to have
// arrived, whoever tells of it: the answer to the call, its echo, or the Page's inbox.
//
// It works within a transaction of package txn, and needs no more than the [Rules].
//
// It calls nobody outside, and begins no attempt.
package replies
