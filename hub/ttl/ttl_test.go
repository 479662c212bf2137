package ttl_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/ttl"
)

func TestValuesHoldUntilTheirTimes(t *testing.T) {
	t.Parallel()
	var c ttl.Cache[string, int]
	now := time.Now()
	if _, ok := c.Get("a", now); ok {
		t.Error("an empty cache has something")
	}
	c.Put("a", 1, now, now.Add(time.Minute))
	c.Put("b", 2, now, now.Add(time.Hour))
	if v, ok := c.Get("a", now.Add(time.Minute-1)); !ok || v != 1 {
		t.Errorf("got %d, %t before its time is over", v, ok)
	}
	if _, ok := c.Get("a", now.Add(time.Minute)); ok {
		t.Error("it holds longer than its time")
	}
	c.Drop(func(_ string, v int) bool { return v == 2 })
	if _, ok := c.Get("b", now); ok {
		t.Error("what was dropped is there")
	}
}

// Callers at the same moment: one is told that its value is new.
func TestPutNewIsToldOnce(t *testing.T) {
	t.Parallel()
	var c ttl.Cache[string, int]
	now := time.Now()
	var first atomic.Int32
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if c.PutNew("a", i, now, now.Add(time.Minute)) {
				first.Add(1)
			}
		})
	}
	all.Wait()
	if n := first.Load(); n != 1 {
		t.Errorf("%d of 50 were the first", n)
	}
	later := now.Add(time.Minute)
	if !c.PutNew("a", 1, later, later.Add(time.Minute)) {
		t.Error("what has expired is in the way")
	}
}

// What was asked for before something was dropped may be what is over.
func TestPutUnlessDropped(t *testing.T) {
	t.Parallel()
	var c ttl.Cache[string, int]
	now := time.Now()
	drops := c.Drops()
	c.PutUnlessDropped(drops, "a", 1, now, now.Add(time.Minute))
	if _, ok := c.Get("a", now); !ok {
		t.Error("it is not kept, though nothing was dropped")
	}
	c.DropKeys(func(k string) bool { return k == "another" })
	c.PutUnlessDropped(drops, "b", 1, now, now.Add(time.Minute))
	if _, ok := c.Get("b", now); ok {
		t.Error("it is kept, though something was dropped")
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c ttl.Cache[int, int]
	now := time.Now()
	for i := range ttl.MaxEntries {
		c.Put(i, i, now, now.Add(time.Minute))
	}
	later := now.Add(30 * time.Second)
	c.Put(-1, 0, later, now.Add(time.Hour))
	if _, ok := c.Get(0, later); ok {
		t.Error("a full cache goes on growing")
	}
	if _, ok := c.Get(-1, later); !ok {
		t.Error("a full cache does not keep what is new")
	}
}
