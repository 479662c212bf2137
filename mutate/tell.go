package main

import "fmt"

// figure is how many of the changes of a room were noticed.
type figure struct {
	killed, judged, equivalent int
}

func (f *figure) add(of fate) {
	switch of {
	case unbuilt:
	case equivalent:
		f.equivalent++
	case noticedIt:
		f.killed, f.judged = f.killed+1, f.judged+1
	case unnoticed, unpassed:
		f.judged++
	}
}

func (f figure) share() float64 {
	if f.judged == 0 {
		return 100
	}
	return 100 * float64(f.killed) / float64(f.judged)
}

func (f figure) String() string {
	return fmt.Sprintf("killed %d of %d (%.1f %%), %d equivalent", f.killed, f.judged, f.share(), f.equivalent)
}

// report prints what was not noticed, and a figure for each room; the last line is the total. A room
// below r.least is an error.
func (r *run) report(results []result) error {
	of, all := map[string]*figure{}, figure{}
	for _, res := range results {
		if of[res.room.folder] == nil {
			of[res.room.folder] = &figure{}
		}
		of[res.room.folder].add(res.fate)
		all.add(res.fate)
		if res.fate == unnoticed || res.fate == unpassed {
			fmt.Fprintf(r.say, "%s  %s\n    %s\n", res.fate, res.mutant, res.key())
		}
	}
	var low error
	for _, room := range rooms {
		f := of[room.folder]
		if f == nil {
			continue
		}
		fmt.Fprintf(r.say, "%-17s %s\n", room.folder, f)
		if f.share() < r.least && low == nil {
			low = fmt.Errorf("%s: %.1f %% killed, at least %g %% must be", room.folder, f.share(), r.least)
		}
	}
	fmt.Fprintln(r.say, all)
	return low
}
