package storetest

import (
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// testMails: due mails of all Pages are returned oldest first, with the time when the next is
// due.
func testMails(t *testing.T, s store.Store) {
	put := func(page model.PageID, notice string, wake time.Time) store.Mail {
		m := store.Mail{Page: page, Notice: notice, MessageID: notice + "@example.com", QueuedAt: at(0), WakeAt: wake}
		write(t, s, page, func(tx store.PageTx) error { return tx.PutMail(m) })
		return m
	}
	putPage(t, s, "1")
	putPage(t, s, "2")
	third, first, second := put("1", "a", at(3)), put("2", "b", at(1)), put("1", "c", at(2))
	put("2", "d", time.Time{})
	due := func(now time.Time, limit int) (list []store.Mail, next time.Time) {
		read(t, s, func(r store.Reader) (err error) {
			list, next, err = r.DueMails(now, limit)
			return err
		})
		return list, next
	}
	list, next := due(at(2), 10)
	same(t, "due mails", []store.Mail{first, second}, list)
	same(t, "next", third.WakeAt, next)
	list, next = due(at(9), 1)
	same(t, "the oldest", []store.Mail{first}, list)
	same(t, "next after the limit", second.WakeAt, next)

	put("2", "b", time.Time{}) // sent
	put("1", "c", at(5))       // postponed
	list, next = due(at(4), 10)
	same(t, "due later", []store.Mail{third}, list)
	same(t, "next later", at(5), next)
	if list, next = due(at(0), 10); len(list) > 0 || !next.Equal(at(3)) {
		t.Errorf("due before the first: %v, next %v", list, next)
	}
	if h := head(t, s, "1"); h != 1 {
		t.Errorf("a mail took a seq: head %d", h)
	}
}
