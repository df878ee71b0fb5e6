// Package schedulertest is the suite that every executor of package scheduler
// passes, and the programs it is made of.
//
// [Run] compares an executor with scheduler.Serial, bit by bit, over
// [Programs] and over random ones, with sources of every kind and passes of the
// optimiser left out.
package schedulertest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// Program is a small computation. What it makes does not depend on how its
// sources behave.
type Program struct {
	Name  string
	Build func(b *Builder) []graph.Ref
}

// Variant is one way to run a program that must not change a bit of it.
type Variant struct {
	Name    string
	Sources Sources
	Off     []string // passes of the optimiser to leave out
	Align   int      // writes to the sinks are whole blocks of this length along every axis; 0 for any
}

// Variants are the ways in which every program is run.
func Variants() []Variant {
	variants := []Variant{
		{Name: "read"},
		{Name: "viewed", Sources: Sources{Viewed: true}},
		{Name: "waiting", Sources: Sources{Traits: block.Traits{InFlight: 3}}},
		{Name: "parts", Sources: Sources{Traits: block.Traits{Parts: true}}},
		{Name: "once", Sources: Sources{Traits: block.Traits{Once: true}}},
		{Name: "waiting once with scratch", Sources: Sources{Traits: block.Traits{Once: true, InFlight: 2}, Scratch: 5000}},
		{Name: "aligned", Align: 3},
	}
	var all []string
	for _, p := range graph.Passes() {
		all = append(all, p.Name)
		variants = append(variants, Variant{Name: "without " + p.Name, Off: []string{p.Name}})
	}
	return append(variants, Variant{Name: "without passes", Off: all})
}

// Lowered is a program that is ready to be run, once.
type Lowered struct {
	Plan     *plan.Plan
	Bindings *plan.Bindings
	Results  []*Result
}

// Lower makes the plan of a program.
func (p Program) Lower(t testing.TB, v Variant) Lowered {
	t.Helper()
	g := graph.Graph{Outputs: p.Build(NewBuilder(t, v.Sources))}
	g, err := graph.Optimize(g, graph.Options{Evaluate: evaluate, Verify: true, Off: v.Off})
	if err != nil {
		t.Fatalf("optimise: %v", err)
	}
	var l Lowered
	var targets []plan.Target
	for i := range g.Outputs {
		l.Results = append(l.Results, &Result{AlignTo: v.Align})
		targets = append(targets, plan.Target{Output: i, Sink: l.Results[i]})
	}
	if l.Plan, l.Bindings, err = plan.Lower(g, targets); err != nil {
		t.Fatalf("lower: %v", err)
	}
	return l
}

// Execute runs the plan and gives what it made.
func (l Lowered) Execute(ctx context.Context, e scheduler.Executor) ([]block.Block, error) {
	if err := e.Fit(l.Plan); err != nil {
		return nil, err
	}
	if err := e.Execute(ctx, l.Plan, l.Bindings); err != nil {
		return nil, err
	}
	var blocks []block.Block
	for i, r := range l.Results {
		b, err := r.Elements()
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// Expect is what the serial executor makes of the program as it was written.
func (p Program) Expect(t testing.TB) []block.Block {
	t.Helper()
	variants := Variants()
	blocks, err := p.Lower(t, variants[len(variants)-1]).Execute(context.Background(), scheduler.Serial{})
	if err != nil {
		t.Fatalf("serial: %v", err)
	}
	return blocks
}

// Equal fails the test unless blocks have the same types, shapes and bits.
func Equal(t testing.TB, want, got []block.Block) {
	t.Helper()
	if what := Difference(want, got); what != "" {
		t.Fatal(what)
	}
}

// Difference says where blocks differ in types, shapes or bits; "" if they do
// not.
func Difference(want, got []block.Block) string {
	if len(got) != len(want) {
		return fmt.Sprintf("there are %d results, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.DType != w.DType || !g.Shape.Equal(w.Shape) {
			return fmt.Sprintf("output %d is %v %v, want %v %v", i, g.DType, g.Shape, w.DType, w.Shape)
		}
		size := w.DType.Size()
		for at := 0; at < len(w.Data); at += size {
			if x, y := g.Data[at:at+size], w.Data[at:at+size]; !bytes.Equal(x, y) {
				xs, _ := dtype.ScalarFromBytes(w.DType, x)
				ys, _ := dtype.ScalarFromBytes(w.DType, y)
				return fmt.Sprintf("output %d, element %d of %v: %v (% x), want %v (% x)", i, at/size, w.Shape, xs, x, ys, y)
			}
		}
	}
	return ""
}

// Run tests an executor: every program, in every variant, gives the bits that
// scheduler.Serial gives of the program as it was written. executor makes a
// fresh one.
func Run(t *testing.T, executor func(t testing.TB) scheduler.Executor) {
	e := executor(t)
	programs := append(Programs(), RandomPrograms(100)...)
	for _, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			want := p.Expect(t)
			for _, v := range Variants() {
				got, err := p.Lower(t, v).Execute(context.Background(), e)
				if err != nil {
					t.Fatalf("%s: %v", v.Name, err)
				}
				t.Log(v.Name) // shown where the comparison fails
				Equal(t, want, got)
			}
		})
	}
}

// evaluate computes an operation on numbers, as the optimiser asks for it.
func evaluate(n *graph.Node, in []dtype.Scalar) (dtype.Scalar, error) {
	number := *n
	number.Results = []block.Description{{DType: n.Results[0].DType}}
	number.Inputs = nil
	for _, v := range in {
		r, err := graph.Full(n.Site, nil, v)
		if err != nil {
			return dtype.Scalar{}, err
		}
		number.Inputs = append(number.Inputs, r)
	}
	var result Result
	p, b, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{{Node: &number}}}, []plan.Target{{Sink: &result}})
	if err != nil {
		return dtype.Scalar{}, err
	}
	blocks, err := Lowered{p, b, []*Result{&result}}.Execute(context.Background(), scheduler.Serial{})
	if err != nil {
		return dtype.Scalar{}, err
	}
	return dtype.ScalarFromBytes(blocks[0].DType, blocks[0].Data)
}

// Result is a sink in memory that checks the calls it gets: regions are blocks
// of the array or whole blocks of the alignment, and each element is written
// once.
type Result struct {
	AlignTo int // length along every axis of the blocks that writes are made of; 0 for those of the array

	// Before, if set, is called before the calls named Begin, Write and
	// Commit. An error is what the call returns.
	Before func(call string) error

	mu        sync.Mutex
	d         block.Description
	elements  block.Block
	written   []bool
	Begun     bool
	Committed bool
	Aborted   bool
}

// Align is the grid of blocks of the stated length.
func (s *Result) Align(d block.Description) (block.Grid, error) {
	if s.AlignTo == 0 {
		return nil, nil
	}
	return block.RegularGrid(d.Shape(), slices.Repeat(block.Shape{s.AlignTo}, len(d.Grid))), nil
}

func (s *Result) before(call string) error {
	if s.Before == nil {
		return nil
	}
	return s.Before(call)
}

// Begin makes room.
func (s *Result) Begin(_ context.Context, d block.Description) error {
	s.mu.Lock()
	s.Begun = true
	s.d = d
	n := d.Shape().Elements()
	s.elements = block.Dense(d.DType, d.Shape(), dtype.Bytes(make([]complex128, (n*d.DType.Size()+15)/16)))
	s.written = make([]bool, n)
	s.mu.Unlock()
	return s.before("Begin")
}

// Scratch is 0.
func (s *Result) Scratch(block.Region) int64 { return 0 }

// Write copies the elements.
func (s *Result) Write(_ context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	if err := s.before("Write"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Begun || s.Committed || s.Aborted {
		return fmt.Errorf("Write when begun is %v, committed %v, aborted %v", s.Begun, s.Committed, s.Aborted)
	}
	if b.DType != s.d.DType || !b.Shape.Equal(r.Shape) {
		return fmt.Errorf("a block of %v %v is written to region %v of %v", b.DType, b.Shape, r, s.d.DType)
	}
	if err := s.fits(r); err != nil {
		return err
	}
	strides := s.d.Shape().Strides()
	var err error
	block.Positions(r, func(at []int) bool {
		i := 0
		for axis := range at {
			i += at[axis] * strides[axis]
		}
		if s.written[i] {
			err = fmt.Errorf("element %v of region %v is written a second time", at, r)
		}
		s.written[i] = true
		return err == nil
	})
	block.Copy(s.elements.Part(r), b)
	return err
}

// fits checks that a region is a block of the array, or aligned.
func (s *Result) fits(r block.Region) error {
	align, _ := s.Align(s.d)
	for axis, a := range s.d.Grid {
		if align != nil {
			a = align[axis]
		}
		first, last := a.Overlap(r.Start[axis], r.Stop(axis))
		start, _ := a.Block(first)
		end, size := a.Block(last - 1)
		if start != r.Start[axis] || end+size != r.Stop(axis) || align == nil && last != first+1 {
			return fmt.Errorf("region %v does not fit the blocks %v (aligned to %v)", r, s.d.Grid, align)
		}
	}
	return nil
}

// Commit notes that the array is complete.
func (s *Result) Commit(context.Context) error {
	if err := s.before("Commit"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.written, false); i >= 0 {
		return fmt.Errorf("element %d of %v was not written", i, s.d.Shape())
	}
	s.Committed = true
	return nil
}

// Abort notes that it was called.
func (s *Result) Abort() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Aborted = true
	return nil
}

// Elements are what was written, dense in C order, once the sink is committed.
func (s *Result) Elements() (block.Block, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Committed {
		return block.Block{}, fmt.Errorf("the sink was not committed")
	}
	b := s.elements
	b.Data = b.Data[:b.Bytes()]
	return b, nil
}
