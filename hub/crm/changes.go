package crm

import (
	"context"
	"errors"
	"reflect"
	"strconv"

	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// byCRM is the author of lines about what somebody did in the CRM.
func byCRM() model.Author { return model.Author{Kind: model.ByApp, ID: "crm"} }

func byUser(u model.User) model.Author {
	return model.Author{Kind: model.ByUser, ID: string(u.ID), Name: model.Untrusted(u.Name)}
}

// stateOf returns the state of a record that was read.
func stateOf(r model.Record) store.RecordState {
	s := store.RecordState{Status: r.Status, Value: r.Value, Owner: r.OwnerID, UpdatedAt: r.UpdatedAt}
	if r.Stage != nil {
		s.Stage = r.Stage.ID
	}
	if r.Person != nil {
		s.Person = r.Person.ID
	}
	return s
}

// observe stores the state of a record that was just read. If it changed, the users who may see
// it are told, and lines in the conversations say what happened; by is who changed it, if
// known. A state older than the stored one is ignored.
func (l *Links) observe(ctx context.Context, r model.Record, by model.Author) error {
	is := stateOf(r)
	var was store.RecordState
	changed, known, named := false, false, false
	err := l.store.Accounts(ctx, func(tx store.AccountTx) error {
		var err error
		if was, err = tx.RecordState(r.RecordRef); err != nil {
			return err
		}
		title, err := tx.RecordTitle(r.RecordRef)
		switch {
		case errors.Is(err, store.ErrNotFound):
			err = nil // it is read for the first time
		case err != nil:
			return err
		}
		if is.UpdatedAt.Before(was.UpdatedAt) {
			return nil
		}
		known = !was.UpdatedAt.IsZero()
		is.EventAt, is.ToldAt, is.AskedAt = was.EventAt, was.ToldAt, was.AskedAt
		if is.Person == "" {
			is.Person = was.Person // a user may not see the person of a deal
		}
		if is.Stage == 0 {
			is.Stage = was.Stage
		}
		changed = title != "" && title != r.Title || known && !sameState(was, is)
		if r.Stage != nil && r.Stage.Name != "" {
			named = true
			err = tx.SetRecordTitle(StageTitle(r.Stage.ID), r.Stage.Name)
		}
		return errors.Join(err, tx.SetRecordTitle(r.RecordRef, r.Title), tx.SetRecordState(r.RecordRef, is))
	})
	if err != nil || !changed {
		return err
	}
	var lines []model.Notable
	if known {
		lines = changesBetween(r.RecordRef, was, is)
	}
	for _, line := range lines {
		if line.Action == model.ActionStage && !named {
			l.storeStages(ctx)
		}
	}
	return l.announceLinks(ctx, r.RecordRef, by, lines)
}

// sameState compares what a panel shows of a record.
func sameState(a, b store.RecordState) bool {
	return a.Stage == b.Stage && a.Status == b.Status && a.Owner == b.Owner && reflect.DeepEqual(a.Value, b.Value) && a.UpdatedAt.Equal(b.UpdatedAt)
}

// changesBetween returns the lines about what happened to a record between two states.
func changesBetween(ref model.RecordRef, was, is store.RecordState) []model.Notable {
	var out []model.Notable
	line := func(action string, stage int64) {
		out = append(out, model.Notable{Kind: model.EventRecord, Action: action, Record: &model.Link{Type: string(ref.Type), ID: ref.ID}, Stage: stage})
	}
	if was.Stage != 0 && is.Stage != was.Stage {
		line(model.ActionStage, is.Stage)
	}
	if was.Status != "" && was.Status != is.Status {
		switch is.Status {
		case model.DealWon:
			line(model.ActionWon, 0)
		case model.DealLost:
			line(model.ActionLost, 0)
		case model.DealOpen:
			line(model.ActionReopened, 0)
		}
	}
	return out
}

// StageTitle is the key under which a stage's name is stored among the titles of records.
func StageTitle(id int64) model.RecordRef {
	return model.RecordRef{Type: "stage", ID: strconv.FormatInt(id, 10)}
}

// storeStages stores the names of stages, for lines that mention one.
func (l *Links) storeStages(ctx context.Context) {
	stages, err := l.records.Stages(ctx, nil)
	if err == nil {
		err = l.store.Accounts(ctx, func(tx store.AccountTx) error {
			for _, s := range stages {
				if err := tx.SetRecordTitle(StageTitle(s.ID), s.Name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		l.log.Warn("read the CRM's stages", logkey.Error, err)
	}
}

// announceLinks stores the links to a record again, so that users who see it are sent them, and
// adds lines about what happened.
func (l *Links) announceLinks(ctx context.Context, ref model.RecordRef, by model.Author, lines []model.Notable) error {
	links, err := l.linksTo(ctx, ref)
	for _, link := range links {
		if err != nil {
			break
		}
		err = l.store.Write(ctx, link.Conversation.Page(), func(tx store.PageTx) error {
			is, err := linked(tx, link.Conversation, ref)
			if err != nil || is == nil {
				return err
			}
			for _, line := range lines {
				if err := l.putLine(tx, link.Conversation, by, line); err != nil {
					return err
				}
			}
			return tx.PutLink(*is)
		})
		if errors.Is(err, store.ErrNotFound) {
			err = nil // the Page or the conversation is gone
		}
	}
	return err
}

// putLine stores a line about a record, with ids only. The conversation itself stays unchanged:
// otherwise users who may not see the record would learn that there is one.
func (l *Links) putLine(tx store.PageTx, id model.ConversationID, by model.Author, event model.Notable) error {
	now := l.now()
	order, err := txn.PlaceAfter(tx, id, 0, now)
	if err != nil {
		return err
	}
	return tx.PutMessage(&store.Message{
		Message: model.Message{
			ID: model.NewMessageID(id.Page(), ids.New()), ConversationID: id, Direction: model.System, Author: by,
			Attachments: []model.Attachment{}, Reactions: []model.Reaction{}, SentAt: now, Event: &event,
		},
		Order: order,
	})
}
