package plan_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/internal/op"
	"gabion/internal/plan"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

var update = flag.Bool("update", false, "write the golden files")

// golden are programs of the suite whose plans are kept as text, so that a
// change that loses fusion or sharing shows.
var golden = []string{
	"chain", "where", "broadcast rows and columns", "made inputs", "mixed types",
	"reduce a chain", "reduce a reduction", "several results of the same inputs", "x - mean(x)", "standard scores of an expression",
	"x + x.T", "slice of an expression", "five-point stencil", "reshape and reduce", "concat", "rechunk of an expression",
	"function of an expression, read twice", "results that others read", "a covariance",
	"product of matrices", "part of a product", "product of expressions, reduced",
	"tree over all axes of an expression",
}

func program(t testing.TB, name string) schedulertest.Program {
	for _, p := range schedulertest.Programs() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no program %q", name)
	return schedulertest.Program{}
}

func TestGolden(t *testing.T) {
	for _, name := range golden {
		t.Run(name, func(t *testing.T) {
			p := program(t, name).Lower(t, schedulertest.Variant{}).Plan
			require.NoError(t, p.Decide(64<<20, 2))
			text := p.Text() + "\n" + p.Explain().String()
			path := filepath.Join("testdata", strings.NewReplacer(" ", "-", ",", "").Replace(name)+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "make it by go test -update")
			require.Equal(t, string(want), text)
		})
	}
}

// TestCodec: every plan of the suite survives encoding and decoding (P2), and
// what is decoded computes the same bits.
func TestCodec(t *testing.T) {
	for _, p := range append(schedulertest.Programs(), schedulertest.RandomPrograms(100)...) {
		t.Run(p.Name, func(t *testing.T) {
			want := p.Expect(t)
			l := p.Lower(t, schedulertest.Variant{})
			require.NoError(t, l.Plan.Decide(64<<20, 2))
			data, err := l.Plan.Encode()
			require.NoError(t, err)
			decoded, err := plan.Decode(data)
			require.NoError(t, err)
			require.Equal(t, l.Plan.Text(), decoded.Text())
			require.Equal(t, l.Plan.Explain(), decoded.Explain(), "what was decided travels too")
			again, err := decoded.Encode()
			require.NoError(t, err)
			twice, err := plan.Decode(again) // blocks may be written in another way the first time
			require.NoError(t, err)
			require.Equal(t, decoded, twice)
			l.Plan = decoded
			got, err := l.Execute(t.Context(), scheduler.Serial{})
			require.NoError(t, err)
			schedulertest.Equal(t, want, got)
		})
	}
}

// TestCodecKeepsLabels: names and attributes of results travel with their types.
func TestCodecKeepsLabels(t *testing.T) {
	grid := schedulertest.Grid(block.Shape{4, 2}, "2")
	d := block.Description{DType: dtype.Float64, Grid: grid, Names: []string{"time", ""}, Attrs: block.Attributes{
		"units": "K", "count": int64(1)<<62 + 1, "fill": math.NaN(), "valid": true, "flags": []int64{1, 2}, "range": []float64{0.1, math.Inf(1)},
		"parts": []string{"a", "b"}, "none": []string{}, "bits": []bool{true, false},
	}}
	src := blocktest.NewSource(d, schedulertest.Elements(d.DType, grid.Shape(), 1))
	in, err := graph.Read(graph.Site{}, &graph.Slot{Name: "file", Value: block.Source(src)})
	require.NoError(t, err)
	p, _, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{in}}, []plan.Target{{Sink: new(schedulertest.Result)}})
	require.NoError(t, err)
	data, err := p.Encode()
	require.NoError(t, err)
	decoded, err := plan.Decode(data)
	require.NoError(t, err)
	got := decoded.Sinks[0].Description
	require.Equal(t, d.Names, got.Names)
	require.Equal(t, fmt.Sprintf("%#v", p.Sinks[0].Description.Attrs), fmt.Sprintf("%#v", got.Attrs)) // NaN is not equal to itself
	require.Equal(t, int64(1)<<62+1, got.Attrs["count"])
}

// TestUnnamed: a plan that needs what only this process has is refused with the
// line where the user made it.
func TestUnnamed(t *testing.T) {
	elements := schedulertest.Elements(dtype.Float64, block.Shape{4}, 1)
	src := blocktest.NewSource(block.Description{DType: dtype.Float64, Grid: schedulertest.Grid(block.Shape{4}, "2")}, elements)
	at := graph.Site{Text: "main.go:7"}
	in, err := graph.Read(at, &graph.Slot{Value: block.Source(src)})
	require.NoError(t, err)
	named, err := graph.Read(graph.Site{Text: "main.go:1"}, &graph.Slot{Name: "file.zarr", Value: block.Source(src)})
	require.NoError(t, err)
	f := plan.BlockFunc(func(context.Context, plan.BlockInfo, block.Block, []block.Block) error { return nil })
	call, err := graph.MapBlocks(graph.Site{Text: "main.go:9"}, []graph.Ref{named}, named.Describe(), graph.FuncAttrs{Func: &graph.Slot{Value: f}})
	require.NoError(t, err)
	for place, r := range map[string]graph.Ref{"main.go:7": in, "main.go:9": call} {
		p, _, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{r}}, []plan.Target{{Sink: new(schedulertest.Result)}})
		require.NoError(t, err)
		_, err = p.Encode()
		var unnamed *plan.UnnamedError
		require.ErrorAs(t, err, &unnamed)
		require.ErrorContains(t, err, place)
	}
}

// TestPlansDoNotGrow with the number of blocks (P1): building, optimising,
// lowering and deciding x + x.T - mean(x, 0), in other chunks, of which a part is
// taken, over ten million blocks.
func TestPlansDoNotGrow(t *testing.T) {
	const n = 3163 * 10 // 3163 x 3163 blocks
	src := blocktest.NewSource(block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{n, n}, block.Shape{10, 10})},
		block.Block{DType: dtype.Float32, Shape: block.Shape{n, n}})
	site := graph.Site{Text: "test"}
	must := func(r graph.Ref, err error) graph.Ref {
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var p *plan.Plan
	build := func() {
		x := must(graph.Read(site, &graph.Slot{Name: "x", Value: block.Source(src)}))
		y := must(graph.Elementwise(site, op.Add, x, must(graph.Transpose(site, x, nil))))
		y = must(graph.Elementwise(site, op.Subtract, y, must(graph.Reduce(site, op.Mean, x, []int{0}, false, 0))))
		y = must(graph.Rechunk(site, y, block.RegularGrid(block.Shape{n, n}, block.Shape{1, n})))
		y = must(graph.Slice(site, y, []graph.AxisIndex{{Start: 5, Step: 3, Count: 10000}, {Start: n - 1, Step: -1, Count: n - 7}}))
		g, err := graph.Optimize(graph.Graph{Outputs: []graph.Ref{y}}, graph.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, _, err = plan.Lower(g, []plan.Target{{Sink: new(schedulertest.Result)}})
		if err == nil {
			err = p.Decide(4<<30, 2)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	build()
	const rounds = 5
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range rounds {
		build()
	}
	took := time.Since(start) / rounds
	runtime.ReadMemStats(&after)
	bytes := (after.TotalAlloc - before.TotalAlloc) / rounds
	t.Logf("%v, %d bytes in %d allocations, %d bytes as text", took, bytes, (after.Mallocs-before.Mallocs)/rounds, len(p.Text()))
	require.Less(t, bytes, uint64(1<<20))
	require.Less(t, len(p.Text()), 8000)
	data, err := p.Encode()
	require.NoError(t, err)
	require.Less(t, len(data), 32<<10)
}

// TestNeedsAndUsers are inverse: a block is needed by as many blocks as Users
// says.
func TestNeedsAndUsers(t *testing.T) {
	check := func(t *testing.T, p *plan.Plan) {
		for i := range p.Stages {
			s := &p.Stages[i]
			for j := range s.Inputs {
				counts := map[string]int{}
				block.Positions(block.Whole(s.Grid.Counts()), func(at []int) bool {
					region := s.Grid.Region(at)
					if part, _ := region.Intersect(s.Active); !part.Equal(region) {
						return true // nothing needs the block
					}
					if s.Inputs[j].Gather != nil {
						s.Blocks(j, at, region, func(b []int) bool {
							counts[fmt.Sprint(b)]++
							return true
						})
						return true
					}
					need, box, ok := s.Needs(j, at, region)
					if !ok {
						return true
					}
					block.Positions(box, func(b []int) bool {
						counts[fmt.Sprint(b)]++
						_, meets := s.Inputs[j].Grid.Region(b).Intersect(need)
						require.True(t, meets, "stage %d input %d: %v is needed for nothing at %v", i, j, b, at)
						return true
					})
					covered := 0
					block.Positions(box, func(b []int) bool {
						part, _ := s.Inputs[j].Grid.Region(b).Intersect(need)
						covered += part.Elements()
						return true
					})
					require.Equal(t, need.Elements(), covered, "the blocks hold all that is needed")
					return true
				})
				block.Positions(block.Whole(s.Inputs[j].Grid.Counts()), func(b []int) bool {
					require.Equal(t, counts[fmt.Sprint(b)], s.Users(j, b), "stage %d input %d block %v\n%s", i, j, b, p.Text())
					return true
				})
			}
			for unit := range s.Units() {
				for leaf := range s.Leaves() {
					u, l := s.Place(s.Position(unit, leaf))
					require.Equal(t, [2]int{unit, leaf}, [2]int{u, l})
				}
			}
		}
	}
	for _, p := range append(schedulertest.Programs(), schedulertest.RandomPrograms(400)...) {
		if p.Name == "reduce many tiny blocks" || p.Name == "many tiny blocks" {
			continue // as many blocks as elsewhere, at length
		}
		t.Run(p.Name, func(t *testing.T) {
			check(t, p.Lower(t, schedulertest.Variant{}).Plan)
			check(t, p.Lower(t, schedulertest.Variant{Off: []string{"slice", "rechunk"}, Align: 3}).Plan)
		})
	}
}

// TestNeeded: what the plan says is needed of a source is what its readers' blocks
// need, found by looking at each of them.
func TestNeeded(t *testing.T) {
	for _, program := range append(schedulertest.Programs(), schedulertest.RandomPrograms(400)...) {
		p := program.Lower(t, schedulertest.Variant{}).Plan
		require.NoError(t, p.Decide(1<<30, 1))
		needed := make([]map[string]block.Region, len(p.Sources))
		for i := range p.Stages {
			s := &p.Stages[i]
			for j, in := range s.Inputs {
				from := &p.Stages[in.Stage]
				if from.Kind != plan.Load {
					continue
				}
				block.Positions(block.Whole(s.Grid.Counts()), func(at []int) bool {
					region := s.Grid.Region(at)
					if part, _ := region.Intersect(s.Active); !part.Equal(region) {
						return true // nothing needs the block
					}
					s.Blocks(j, at, region, func(b []int) bool {
						if needed[from.Source] == nil {
							needed[from.Source] = map[string]block.Region{}
						}
						needed[from.Source][fmt.Sprint(b)], _ = from.Grid.Region(b).Intersect(from.Window)
						return true
					})
					return true
				})
			}
		}
		for i, s := range p.Sources {
			total := 0
			for _, r := range needed[i] {
				total += r.Elements()
			}
			require.EqualValues(t, total*s.Description.DType.Size(), p.Fit.Needed[i], "source %d of %s:\n%s", i, program.Name, p.Text())
		}
	}
}

// TestNeededOfVeryMany: of a diagonal of very many blocks the first are looked at,
// and the others counted as these.
func TestNeededOfVeryMany(t *testing.T) {
	const n, chunk = 2_000_000, 100
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{n, n}, block.Shape{chunk, chunk})}
	src := blocktest.NewSource(d, block.Block{DType: dtype.Float64, Shape: block.Shape{n, n}})
	x, err := graph.Read(graph.Caller(1), &graph.Slot{Value: src})
	require.NoError(t, err)
	y, err := graph.Diagonal(graph.Caller(1), x, 0, 0, 1)
	require.NoError(t, err)
	p, _, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{y}}, []plan.Target{{Sink: new(schedulertest.Result)}})
	require.NoError(t, err)
	require.NoError(t, p.Decide(64<<20, 2))
	require.InEpsilon(t, n/chunk*chunk*chunk*8, p.Fit.Needed[0], 1e-6)
	require.Equal(t, 1.0, p.Fit.Passes[0])
	require.Zero(t, p.Fit.Keep[slices.IndexFunc(p.Stages, func(s plan.Stage) bool { return s.Kind == plan.Load })])
}

// TestOnceSourcesAreNeverDropped: their blocks are spilled when memory is short,
// also where the plan expects to keep all of them.
func TestOnceSourcesAreNeverDropped(t *testing.T) {
	d := block.Description{DType: dtype.Float64, Grid: block.RegularGrid(block.Shape{16}, block.Shape{4})}
	src := blocktest.NewSource(d, blocktest.Random(d.DType, d.Shape(), 1))
	src.Wishes.Once = true
	x, err := graph.Read(graph.Caller(1), &graph.Slot{Value: src})
	require.NoError(t, err)
	mean, err := graph.Reduce(graph.Caller(1), op.Mean, x, nil, false, 0)
	require.NoError(t, err)
	centred, err := graph.Elementwise(graph.Caller(1), op.Subtract, x, mean)
	require.NoError(t, err)
	p, _, err := plan.Lower(graph.Graph{Outputs: []graph.Ref{centred}}, []plan.Target{{Sink: &blocktest.Sink{}}})
	require.NoError(t, err)
	require.NoError(t, p.Decide(1<<20, 1))
	for i := range p.Stages {
		if p.Stages[i].Kind == plan.Load {
			require.Equal(t, 4, p.Fit.Keep[i])
			require.True(t, p.Fit.Spill[i])
		}
	}
}
