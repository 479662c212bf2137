package hubtest

import (
	"runtime"
	"time"

	"parley/model"
)

// Answer plays Meta for one call of the Send API.
type Answer struct {
	// Reached tells whether the customer got the message, or may have got it.
	Reached bool
	// Do answers.
	Do func(*Graph, model.Outgoing) model.Outcome
}

func answers(reached bool, o model.Outcome) Answer {
	return Answer{Reached: reached, Do: func(*Graph, model.Outgoing) model.Outcome { return o }}
}

// Accepts answers with a new id.
func Accepts() Answer {
	return Answer{Reached: true, Do: func(g *Graph, _ model.Outgoing) model.Outcome {
		return model.Outcome{Kind: model.OutcomeAccepted, MID: g.NewMID()}
	}}
}

// AcceptsAs answers with that id.
func AcceptsAs(mid model.MID) Answer {
	return answers(true, model.Outcome{Kind: model.OutcomeAccepted, MID: mid})
}

// WritesNothing fails before a byte left.
func WritesNothing() Answer { return answers(false, model.Outcome{Kind: model.OutcomeNothingWritten}) }

// StaysSilent gives no answer that says what happened.
func StaysSilent() Answer { return answers(true, model.Outcome{Kind: model.OutcomeUncertain}) }

// AsksToWait refuses for now.
func AsksToWait(d time.Duration) Answer {
	return answers(false, model.Outcome{Kind: model.OutcomeRateLimited, RetryAfter: d})
}

// Refuses refuses for good.
func Refuses(code model.Code) Answer {
	return answers(false, model.Outcome{Kind: model.OutcomeRefused, Code: code, Detail: "(#1) no"})
}

// Dies ends the hub's goroutine in the middle of the call: whatever became of it, nothing
// of it is stored.
func Dies(reached bool) Answer {
	return Answer{Reached: reached, Do: func(*Graph, model.Outgoing) model.Outcome {
		runtime.Goexit()
		return model.Outcome{}
	}}
}

// First does something before another answer.
func First(do func(model.Outgoing), then Answer) Answer {
	return Answer{Reached: then.Reached, Do: func(g *Graph, o model.Outgoing) model.Outcome {
		do(o)
		return then.Do(g, o)
	}}
}

// After answers as another does, later.
func After(d time.Duration, then Answer) Answer {
	return First(func(model.Outgoing) { Sleep(d) }, then)
}
