// Package lists has what is read over many conversations, on PostgreSQL: the lists of the inbox and
// their counts, labels, mentions, and the search. Words are ours (hub/search); a tsvector has them
// as they are, so that no configuration of PostgreSQL's plays a part.
package lists
