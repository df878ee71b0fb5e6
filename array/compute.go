package array

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
	"gabion/scheduler"
)

// RunOption says how an expression is run.
type RunOption interface{ settle(*settings) }

type settings struct {
	engine   scheduler.Executor
	optimize graph.Options
	err      error
}

type runOption func(*settings)

func (f runOption) settle(s *settings) { f(s) }

// On runs on an engine, inside its memory budget, or on another executor of
// package scheduler. Without it the default engine is used; a nil engine is an error.
func On(engine scheduler.Executor) RunOption {
	return runOption(func(s *settings) { s.engine, s.err = engine, usable(engine) })
}

// usable finds the executors that nobody made: nil, as scheduler.New gives with
// its error, and an Engine that New did not make, which has no workers.
func usable(engine scheduler.Executor) error {
	e, ok := engine.(*scheduler.Engine)
	switch {
	case engine == nil:
		return errors.New("the engine is nil: leave On out for the default engine")
	case isNil(engine):
		return fmt.Errorf("the %T is nil: leave On out for the default engine", engine)
	case ok && e.Workers() < 1:
		return errors.New("the engine is empty: scheduler.New makes engines, not &Engine{}")
	}
	return nil
}

// Without leaves out passes of the optimiser, by name; see graph.Passes. The
// results are the same.
func Without(passes ...string) RunOption {
	return runOption(func(s *settings) { s.optimize.Off = append(s.optimize.Off, passes...) })
}

// Verify checks the expression against every invariant, before the first pass
// of the optimiser and after each. It is for tests.
func Verify() RunOption { return runOption(func(s *settings) { s.optimize.Verify = true }) }

func settled(opts []RunOption) (settings, error) {
	s := settings{optimize: graph.Options{Evaluate: evaluate}}
	for _, o := range opts {
		if o != nil {
			o.settle(&s)
		}
	}
	if s.engine == nil && s.err == nil {
		s.engine, s.err = scheduler.Default()
	}
	return s, s.err
}

// Output is an array and where it is written to.
type Output struct {
	Array Array
	Sink  block.Sink
}

// StoreAll computes several arrays at once and writes each to its sink. What
// the arrays share is computed and read once. Either all sinks are committed or
// none is left with anything that looks complete, except where committing one
// fails after others were.
func StoreAll(ctx context.Context, outputs []Output, opts ...RunOption) error {
	return storeAll(ctx, "store", outputs, opts)
}

// storeAll is StoreAll for the function name, which errors are of.
func storeAll(ctx context.Context, name op.Name, outputs []Output, opts []RunOption) error {
	if ctx == nil {
		return fmt.Errorf("%s: the context is nil", name)
	}
	s, err := settled(opts)
	if err != nil {
		return err
	}
	if outputs, err = resolveAll(ctx, outputs, s); err != nil {
		return err
	}
	p, bindings, err := prepare(outputs, s)
	if err != nil {
		return err
	}
	err = runOn(ctx, s.engine, p, bindings)
	runtime.KeepAlive(outputs) // what Persist keeps lives as long as arrays of it
	return err
}

// runOn runs a plan if the engine's budget does.
func runOn(ctx context.Context, engine scheduler.Executor, p *plan.Plan, bindings *plan.Bindings) error {
	if err := engine.Fit(p); err != nil {
		return err
	}
	return engine.Execute(ctx, p, bindings)
}

// prepare makes the plan that computes outputs.
func prepare(outputs []Output, s settings) (*plan.Plan, *plan.Bindings, error) {
	arrays := make([]Array, len(outputs))
	targets := make([]plan.Target, len(outputs))
	for i, out := range outputs {
		arrays[i] = out.Array
		targets[i] = plan.Target{Output: i, Sink: out.Sink}
	}
	refs, err := results(arrays)
	if err != nil {
		return nil, nil, err
	}
	for i, out := range outputs {
		if isNil(out.Sink) {
			return nil, nil, fmt.Errorf("store: the sink of output %d is nil", i)
		}
	}
	g, err := graph.Optimize(graph.Graph{Outputs: refs}, s.optimize)
	if err != nil {
		return nil, nil, err
	}
	return plan.Lower(g, targets)
}

// results are the references of arrays that are wanted as they are, so that a
// literal has its own type. The first error of any of them is returned.
func results(arrays []Array) ([]graph.Ref, error) {
	refs, err := operands("compute", graph.Caller(3), arrays...)
	if err != nil {
		return nil, err
	}
	for i, r := range refs {
		if refs[i], err = graph.Cast(r.Node.Site, r, r.DType()); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// Store computes an array and writes it to a sink, block by block.
func Store(ctx context.Context, sink block.Sink, a Array, opts ...RunOption) error {
	return StoreAll(ctx, []Output{{a, sink}}, opts...)
}

// Compute computes several arrays at once and gives their elements, dense in C
// order, in ordinary Go memory; block.Values has them as slices. What the
// arrays share is computed and read once.
func Compute(ctx context.Context, arrays []Array, opts ...RunOption) ([]block.Block, error) {
	return compute(ctx, "compute", arrays, opts)
}

func compute(ctx context.Context, name op.Name, arrays []Array, opts []RunOption) ([]block.Block, error) {
	outputs := make([]Output, len(arrays))
	sinks := make([]*memorySink, len(arrays))
	for i, a := range arrays {
		sinks[i] = new(memorySink)
		outputs[i] = Output{a, sinks[i]}
	}
	if err := storeAll(ctx, name, outputs, opts); err != nil {
		return nil, err
	}
	blocks := make([]block.Block, len(arrays))
	for i, s := range sinks {
		blocks[i] = s.elements
	}
	return blocks, nil
}

// Values computes an array and gives its elements in C order. T is the array's
// element type.
func Values[T dtype.Element](ctx context.Context, a Array, opts ...RunOption) ([]T, error) {
	if err := checkType[T]("values", a); err != nil {
		return nil, err
	}
	blocks, err := compute(ctx, "values", []Array{a}, opts)
	if err != nil {
		return nil, err
	}
	return block.Values[T](blocks[0])
}

// Item computes an array of one element and gives it.
func Item[T dtype.Element](ctx context.Context, a Array, opts ...RunOption) (T, error) {
	var item [1]T
	err := into(ctx, "item", item[:], a, opts)
	return item[0], err
}

// Into computes an array and writes its elements, in C order, to dst, which has
// just as many. After an error the content of dst is undefined.
func Into[T dtype.Element](ctx context.Context, dst []T, a Array, opts ...RunOption) error {
	return into(ctx, "into", dst, a, opts)
}

func into[T dtype.Element](ctx context.Context, name op.Name, dst []T, a Array, opts []RunOption) error {
	if err := checkType[T](name, a); err != nil {
		return err
	}
	if n := a.Size(); n != len(dst) && n != block.Unknown {
		return &graph.Error{Kind: graph.ValueError, Op: name, Site: site(a),
			Err: fmt.Errorf("an array of shape %v has %d elements, the destination %d", a.Shape(), n, len(dst))}
	}
	sink := &memorySink{fixed: true, elements: block.Block{DType: dtype.Of[T](), Data: dtype.Bytes(dst)}}
	return storeAll(ctx, name, []Output{{a, sink}}, opts)
}

// checkType makes sure that a's elements are of type T.
func checkType[T dtype.Element](name op.Name, a Array) error {
	if err := a.Err(); err != nil {
		_, err := operands(name, site(a), a)
		return err
	}
	if want := dtype.Of[T](); want != a.DType() {
		return &graph.Error{Kind: graph.TypeError, Op: name, Site: site(a),
			Err: fmt.Errorf("the elements are %v, not %v: ask for those, or convert the array with AsType(dtype.%s)", a.DType(), want, exported(want))}
	}
	return nil
}

// memorySink collects an array in Go memory, which it allocates when the
// computation begins unless the memory is fixed.
type memorySink struct {
	fixed    bool
	elements block.Block
}

func (s *memorySink) Align(block.Description) (block.Grid, error) { return nil, nil }
func (s *memorySink) Scratch(block.Region) int64                  { return 0 }
func (s *memorySink) Commit(ctx context.Context) error            { return ctx.Err() }
func (s *memorySink) Abort() error                                { return nil }

// smallResult is the bytes that any machine holds.
const smallResult = 1 << 20

// Begin allocates. Go ends the process where memory cannot be had, so what the
// machine cannot hold is refused.
func (s *memorySink) Begin(_ context.Context, d block.Description) error {
	elements, size := d.Shape().Elements(), d.DType.Size()
	data := s.elements.Data
	limit := int64(smallResult)
	if elements > smallResult/size {
		limit = scheduler.MemoryLimit() // which asks the system
	}
	switch {
	case s.fixed && (len(data)%size != 0 || len(data)/size != elements):
		return fmt.Errorf("an array of shape %v has %d elements, the destination %d", d.Shape(), elements, len(data)/size)
	case !s.fixed && int64(elements) > limit/int64(size):
		return fmt.Errorf("an array of shape %v has %d elements of %v, more than the %s of memory here hold: store it instead",
			d.Shape(), elements, d.DType, plan.Size(limit))
	case !s.fixed:
		data = dtype.Bytes(make([]uint64, (elements*size+7)/8)) // aligned for any type
	}
	s.elements = block.Dense(d.DType, d.Shape(), data)
	return nil
}

func (s *memorySink) Write(ctx context.Context, r block.Region, b block.Block, _ *block.Scratch) error {
	block.Copy(s.elements.Part(r), b)
	return ctx.Err()
}

// Persist computes arrays at once, keeps their blocks with the engine, and
// gives arrays that read them from there. The blocks count as the engine's
// memory, and go to its spill file where that is short, until Release, at the
// latest until no expression over the arrays can be reached any more.
func Persist(ctx context.Context, arrays []Array, opts ...RunOption) ([]Array, error) {
	at := graph.Caller(1)
	s, err := settled(opts)
	if err != nil {
		return nil, err
	}
	engine, ok := s.engine.(*scheduler.Engine)
	if !ok {
		return nil, fmt.Errorf("persist: a %T keeps no arrays, an engine does", s.engine)
	}
	outputs := make([]Output, len(arrays))
	kept := make([]*scheduler.Persisted, len(arrays))
	for i, a := range arrays {
		kept[i] = engine.NewPersisted()
		outputs[i] = Output{a, kept[i]}
	}
	err = storeAll(ctx, "persist", outputs, append(opts[:len(opts):len(opts)], On(engine)))
	persisted := make([]Array, len(arrays))
	for i, p := range kept {
		if err == nil {
			slot := &graph.Slot{Value: p} // every expression over the array refers to the slot
			runtime.AddCleanup(slot, (*scheduler.Persisted).Release, p)
			persisted[i] = made(graph.Read(at, slot))
			err = persisted[i].err
		}
	}
	if err != nil {
		for _, p := range kept {
			p.Release()
		}
		return nil, err
	}
	return persisted, nil
}

// Release gives back the memory of an array that Persist gave. Computing
// anything of it afterwards is an error. Other arrays are not changed.
func (a Array) Release() {
	if a.Err() != nil {
		return
	}
	if read, ok := a.ref.Node.Attrs.(graph.ReadAttrs); ok {
		if p, ok := read.Source.Value.(*scheduler.Persisted); ok {
			p.Release()
		}
	}
}

// Explanation says what computing arrays means, in numbers: stages, tasks,
// passes over each source, bytes read and written, the least budget that would
// do and the memory that is expected to be used. Its String is a page of text.
type Explanation = plan.Explanation

// Explain says what computing the array into memory means. Nothing is computed.
// Where the engine's budget does not do, the error says so and the explanation
// is given too.
func (a Array) Explain(opts ...RunOption) (Explanation, error) {
	return Explain([]Output{{Array: a}}, opts...)
}

// Explain says what StoreAll of the outputs means; an output without a sink is
// computed into memory. Nothing is computed. Where the engine's budget does not
// do, the error says so and the explanation is given too.
func Explain(outputs []Output, opts ...RunOption) (Explanation, error) {
	s, err := settled(opts)
	if err != nil {
		return Explanation{}, err
	}
	outputs = append([]Output{}, outputs...)
	for i := range outputs {
		if isNil(outputs[i].Sink) {
			outputs[i].Sink = new(memorySink)
		}
	}
	for _, out := range outputs {
		if a := out.Array; a.Err() == nil && hasUnknown(a.ref) {
			return Explanation{}, fmt.Errorf("explain: %s, and the plan depends on that: Resolve counts them, as computing does", graph.Counting([]graph.Ref{a.ref}))
		}
	}
	p, _, err := prepare(outputs, s)
	if err != nil {
		return Explanation{}, err
	}
	err = s.engine.Fit(p)
	return p.Explain(), err
}

// evaluate computes an operation on numbers with the kernels that compute it on
// arrays, so that the optimiser changes no bits.
func evaluate(n *graph.Node, in []dtype.Scalar) (dtype.Scalar, error) {
	var err error
	number := *n
	number.Results = []block.Description{{DType: n.Results[0].DType}}
	number.Inputs = make([]graph.Ref, len(in))
	for i, v := range in {
		if number.Inputs[i], err = graph.Full(n.Site, nil, v); err != nil {
			return dtype.Scalar{}, err
		}
	}
	var sink memorySink
	p, bindings, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{{Node: &number}}}, []plan.Target{{Sink: &sink}})
	if err != nil {
		return dtype.Scalar{}, err
	}
	if err := runOn(context.Background(), scheduler.Serial{}, p, bindings); err != nil {
		return dtype.Scalar{}, err
	}
	return dtype.ScalarFromBytes(number.Results[0].DType, sink.elements.DenseBytes())
}
