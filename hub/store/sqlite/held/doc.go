// Package held keeps in memory what transactions of Pages need of what is stored: the Page, its
// conversations, the newest message of each, and that there is none of what is seldom there. It
// knows no table: what it has not, it reads by the transaction that it stands before.
package held
