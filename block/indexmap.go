package block

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
)

// IndexMap says for each index along an axis which index of another axis stands
// there. It is what a slice cannot be: a list of indices, with repeats and in
// any order, an axis rolled around its end or continued by its mirror image.
//
// Where neighbouring indices advance by one step they are kept as a run, so that
// a map of few runs stays small however long it is. An IndexMap is immutable;
// the zero value has length 0.
type IndexMap struct {
	length int
	runs   []IndexRun // of ascending To, the first at 0; nil if list is used
	list   []int      // every index, where runs would take more memory
	low    int        // least and greatest index that stands anywhere
	high   int
	fills  bool // some places hold no index
}

// IndexRun is a part of an IndexMap: at places To up to the next run's stand
// From, From+Step, and so on. Where Step is 0 the same index stands everywhere.
// A From of Fill, with a Step of 0, stands for no index.
type IndexRun struct{ To, From, Step int }

// Fill in an IndexMap stands for no index: the place has a fill value.
const Fill = -1

// MapOfList is the map in which indices stand one after the other. It may keep
// the slice.
func MapOfList(indices []int) IndexMap {
	var runs []IndexRun
	for i := 0; i < len(indices); {
		run := IndexRun{To: i, From: indices[i]}
		n := 1
		if i+1 < len(indices) && indices[i] != Fill {
			if step := indices[i+1] - indices[i]; indices[i+1] != Fill {
				run.Step = step
				for n = 2; i+n < len(indices) && indices[i+n] != Fill && indices[i+n]-indices[i+n-1] == step; n++ {
				}
				// A pair is a run only by accident.
				if n == 2 && step != 1 && step != 0 {
					n, run.Step = 1, 0
				}
			}
		} else {
			for i+n < len(indices) && indices[i+n] == Fill && indices[i] == Fill {
				n++
			}
		}
		runs = append(runs, run)
		i += n
		if len(runs) > 16 && 3*len(runs) > len(indices) {
			m := IndexMap{length: len(indices), list: indices}
			m.bound()
			return m
		}
	}
	return mapOfRuns(len(indices), runs)
}

// MapOfRuns is the map of the given length with the given runs, of which the
// first begins at 0 and each after the one before it.
func MapOfRuns(length int, runs []IndexRun) (IndexMap, error) {
	if length < 0 || length == 0 != (len(runs) == 0) {
		return IndexMap{}, fmt.Errorf("%d runs do not make a map of length %d", len(runs), length)
	}
	for i, r := range runs {
		n := length
		if i+1 < len(runs) {
			n = runs[i+1].To
		}
		n -= r.To
		if i == 0 && r.To != 0 || n <= 0 {
			return IndexMap{}, fmt.Errorf("run %d begins at %d, the next one not after it", i, r.To)
		}
		if r.From < 0 && (r.From != Fill || r.Step != 0) {
			return IndexMap{}, fmt.Errorf("run %d starts at index %d", i, r.From)
		}
		if r.Step != 0 && r.From != Fill {
			room := r.From
			step := -r.Step
			if r.Step > 0 {
				room, step = math.MaxInt-r.From, r.Step
			}
			if step < 0 || n-1 > room/step {
				return IndexMap{}, fmt.Errorf("run %d of %d indices from %d on in steps of %d leaves the axis", i, n, r.From, r.Step)
			}
		}
	}
	return mapOfRuns(length, runs), nil
}

// WholeMap is the map of an axis onto itself.
func WholeMap(length int) IndexMap {
	if length <= 0 {
		return IndexMap{}
	}
	return mapOfRuns(length, []IndexRun{{Step: 1}})
}

func mapOfRuns(length int, runs []IndexRun) IndexMap {
	m := IndexMap{length: length, runs: runs}
	m.bound()
	return m
}

func (m *IndexMap) bound() {
	m.low, m.high = math.MaxInt, -1
	m.Runs(0, m.length, func(to, n, from, step int) {
		if from == Fill {
			m.fills = true
			return
		}
		last := from + (n-1)*step
		m.low, m.high = min(m.low, from, last), max(m.high, from, last)
	})
}

// Len is the number of places.
func (m IndexMap) Len() int { return m.length }

// Bounds are the least index that stands anywhere, and the one after the
// greatest; equal if there is none.
func (m IndexMap) Bounds() (start, stop int) {
	if m.length == 0 || m.high < 0 {
		return 0, 0
	}
	return m.low, m.high + 1
}

// Fills reports whether some places hold no index.
func (m IndexMap) Fills() bool { return m.fills }

// IsWhole reports whether the map is that of an axis of the given length onto
// itself.
func (m IndexMap) IsWhole(length int) bool {
	return m.length == length && (length == 0 || len(m.runs) == 1 && m.runs[0] == (IndexRun{Step: 1}))
}

// Segments is the number of runs, 0 if the map is kept as a list.
func (m IndexMap) Segments() int { return len(m.runs) }

// At is the index at place i.
func (m IndexMap) At(i int) int {
	if m.list != nil {
		return m.list[i]
	}
	r := m.runs[sort.Search(len(m.runs), func(k int) bool { return m.runs[k].To > i })-1]
	return r.From + (i-r.To)*r.Step
}

// Runs calls f for the runs of places start up to stop, in order: at the n
// places from to on stand from, from+step, …; from is Fill where no index does.
func (m IndexMap) Runs(start, stop int, f func(to, n, from, step int)) {
	start, stop = max(0, start), min(stop, m.length)
	if start >= stop {
		return
	}
	if m.list != nil {
		for i := start; i < stop; {
			n, step := 1, 0
			if i+1 < stop && m.list[i] != Fill && m.list[i+1] != Fill {
				if d := m.list[i+1] - m.list[i]; d == 1 || d == 0 || d == -1 {
					step = d
					for n = 2; i+n < stop && m.list[i+n] != Fill && m.list[i+n]-m.list[i+n-1] == d; n++ {
					}
				}
			}
			f(i, n, m.list[i], step)
			i += n
		}
		return
	}
	for k := sort.Search(len(m.runs), func(k int) bool { return m.runs[k].To > start }) - 1; k < len(m.runs) && m.runs[k].To < stop; k++ {
		r := m.runs[k]
		end := m.length
		if k+1 < len(m.runs) {
			end = m.runs[k+1].To
		}
		first, last := max(start, r.To), min(stop, end)
		f(first, last-first, r.From+(first-r.To)*r.Step, r.Step)
	}
}

// Slice is the map of count places start, start+step, …, which the map has.
func (m IndexMap) Slice(start, step, count int) IndexMap {
	if count <= 0 {
		return IndexMap{}
	}
	if start == 0 && step == 1 && count == m.length {
		return m
	}
	if m.list != nil {
		list := make([]int, count)
		for i := range list {
			list[i] = m.list[start+i*step]
		}
		return MapOfList(list)
	}
	if count == 1 {
		step = 1
	}
	var runs []IndexRun
	for i := 0; i < count; {
		at := start + i*step
		k := sort.Search(len(m.runs), func(k int) bool { return m.runs[k].To > at }) - 1
		r := m.runs[k]
		n := (at-r.To)/max(step, -step) + 1 // backwards
		if step > 0 {
			end := m.length
			if k+1 < len(m.runs) {
				end = m.runs[k+1].To
			}
			n = (end-at-1)/step + 1
		}
		runs = append(runs, IndexRun{To: i, From: r.From + (at-r.To)*r.Step, Step: r.Step * step})
		i += min(n, count-i)
	}
	return mapOfRuns(count, runs)
}

// Part is the map of places start up to stop, as far as there are such.
func (m IndexMap) Part(start, stop int) IndexMap {
	start, stop = max(0, start), min(stop, m.length)
	return m.Slice(start, 1, stop-start)
}

// Of is the map with start + step*i in the place of each index i.
func (m IndexMap) Of(start, step int) IndexMap {
	if start == 0 && step == 1 {
		return m
	}
	if m.list != nil {
		list := make([]int, len(m.list))
		for i, v := range m.list {
			if list[i] = v; v != Fill {
				list[i] = start + step*v
			}
		}
		return MapOfList(list)
	}
	runs := make([]IndexRun, len(m.runs))
	for i, r := range m.runs {
		if runs[i] = r; r.From != Fill {
			runs[i] = IndexRun{To: r.To, From: start + step*r.From, Step: step * r.Step}
		}
	}
	return mapOfRuns(m.length, runs)
}

// Equal reports whether the same indices stand at the same places.
func (m IndexMap) Equal(n IndexMap) bool {
	if m.length != n.length || m.low != n.low || m.high != n.high {
		return false
	}
	if m.list == nil && n.list == nil && len(m.runs) == len(n.runs) {
		same := true
		for i := range m.runs {
			same = same && m.runs[i] == n.runs[i]
		}
		if same {
			return true
		}
	}
	for i := range m.length {
		if m.At(i) != n.At(i) {
			return false
		}
	}
	return true
}

// String lists the indices, shortened.
func (m IndexMap) String() string {
	text, parts := "[", 0
	m.Runs(0, m.length, func(_, n, from, step int) {
		parts++
		switch {
		case parts > 6:
			return
		case parts > 1:
			text += " "
		}
		switch {
		case parts == 6:
			text += "…"
		case from == Fill:
			text += fmt.Sprintf("fill×%d", n)
		case n == 1:
			text += fmt.Sprint(from)
		case step == 0:
			text += fmt.Sprintf("%d×%d", from, n)
		case step == 1:
			text += fmt.Sprintf("%d:%d", from, from+n)
		default:
			text += fmt.Sprintf("%d,%d…(%d)", from, from+step, n)
		}
	})
	return text + "]"
}

type indexMapText struct {
	Length int
	Runs   []IndexRun `json:",omitempty"`
	List   []int      `json:",omitempty"`
}

// MarshalJSON writes the runs or the list.
func (m IndexMap) MarshalJSON() ([]byte, error) {
	return json.Marshal(indexMapText{m.length, m.runs, m.list})
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses what is no map.
func (m *IndexMap) UnmarshalJSON(data []byte) error {
	var text indexMapText
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text.List == nil {
		made, err := MapOfRuns(text.Length, text.Runs)
		*m = made
		return err
	}
	if len(text.List) != text.Length || len(text.Runs) > 0 {
		return fmt.Errorf("a list of %d indices is not a map of length %d", len(text.List), text.Length)
	}
	for i, v := range text.List {
		if v < 0 && v != Fill {
			return fmt.Errorf("place %d has the index %d", i, v)
		}
	}
	*m = MapOfList(text.List)
	return nil
}
