// Package accounts has the roles about users, what signs them in, what they keep for themselves,
// and what belongs to no Page, on PostgreSQL.
package accounts
