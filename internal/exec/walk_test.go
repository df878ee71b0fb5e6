package exec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// dense is an array of random numbers with many ties.
func dense(r *rand.Rand, d dtype.DType, shape block.Shape) block.Block {
	b := block.Dense(d, shape, dtype.Bytes(make([]complex128, (shape.Elements()*d.Size()+15)/16)))
	for i := range shape.Elements() {
		v := r.NormFloat64() * 10
		if r.IntN(2) == 0 {
			v = float64(r.IntN(7))
		}
		s, _ := dtype.ScalarOf(v)
		s, _ = s.Convert(d)
		copy(b.Data[i*d.Size():], s.Bytes())
	}
	return b
}

// laid is b with its elements laid out along the axes in another order,
// backwards along some, and apart.
func laid(r *rand.Rand, b block.Block) block.Block {
	out := block.Block{DType: b.DType, Shape: b.Shape, Strides: make([]int, len(b.Shape))}
	n := 1
	for _, axis := range r.Perm(len(b.Shape)) {
		stride := n * (1 + r.IntN(2))
		n = stride * b.Shape[axis]
		out.Strides[axis] = stride
		if r.IntN(2) == 0 {
			out.Offset += stride * (b.Shape[axis] - 1)
			out.Strides[axis] = -stride
		}
	}
	out.Data = dtype.Bytes(make([]complex128, (n*b.DType.Size()+15)/16))
	block.Copy(out, b)
	return out
}

// stage is a plan of one stage over one block, and its runner.
func stage(t *testing.T, s plan.Stage) *Runner {
	r, err := NewRunner(&plan.Plan{Stages: []plan.Stage{s}}, &plan.Bindings{}, 0)
	require.NoError(t, err)
	return r
}

// outputs is memory for what a stage makes of a block.
func outputs(r *Runner, region block.Region) [][]byte {
	var out [][]byte
	for k, o := range r.stage.Outputs {
		n := region.Elements() * o.DType.Size()
		if o.Reduce != nil {
			cells, _ := Cells(region.Shape, r.stage.Reduced)
			n = r.PartialBytes(k, cells)
		}
		out = append(out, dtype.Bytes(make([]complex128, (n+15)/16))[:n])
	}
	return out
}

// TestLayoutsDoNotMatter: results have the same bits however the inputs lie in
// memory, over every pattern of reduced axes and none.
func TestLayoutsDoNotMatter(t *testing.T) {
	shapes := []block.Shape{{}, {1}, {5000}, {3, 4100}, {4100, 3}, {37, 70}, {5, 1, 600}, {9, 33, 20}, {2, 3, 4, 300}, {300, 2, 3, 5}}
	for i, shape := range shapes {
		for mask := range 1 << len(shape) {
			t.Run(fmt.Sprintf("%v over %b", shape, mask), func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(i), uint64(mask)))
				s := plan.Stage{Kind: plan.Fused, Grid: block.RegularGrid(shape, shape)}
				s.Program = []plan.Instr{
					{Op: op.Read, DType: dtype.Float32}, {Op: op.Read, DType: dtype.Float32, Input: 1},
					{Op: op.Multiply, DType: dtype.Float32, Kernel: dtype.Float32, Args: []int{0, 1}},
				}
				s.Outputs = []plan.Output{{DType: dtype.Float32, Grid: s.Grid, Reg: 2}, {DType: dtype.Float32, Grid: s.Grid, Reg: 0}}
				if mask > 0 {
					s.Reduced = make([]bool, len(shape))
					for axis := range shape {
						s.Reduced[axis] = mask>>axis&1 == 1
					}
					for _, row := range op.Reductions() {
						s.Outputs = append(s.Outputs, plan.Output{DType: dtype.Float32, Reg: 2, Reduce: &plan.Reduce{Op: row.Name, Kernel: dtype.Float32}})
					}
				}
				region := block.Whole(shape)
				a, b := dense(r, dtype.Float32, shape), dense(r, dtype.Float32, shape)
				run := func(a, b block.Block) [][]byte {
					runner := stage(t, s)
					task := &Task{At: make([]int, len(shape)), Region: region, Inputs: []block.Block{a, b}, Outputs: outputs(runner, region)}
					require.NoError(t, runner.Run(t.Context(), task))
					return task.Outputs
				}
				want := run(a, b)
				product := dtype.Slice[float32](want[0])
				for k, x := range dtype.Slice[float32](a.DenseBytes()) {
					require.Equal(t, x*dtype.Slice[float32](b.DenseBytes())[k], product[k])
				}
				for range 4 {
					require.Equal(t, want, run(laid(r, a), laid(r, b)))
				}
			})
		}
	}
}

// TestArgIsGlobal: the place of an extreme element in a block is its number
// among the reduced axes of the array, the first one where there are several.
func TestArgIsGlobal(t *testing.T) {
	shape := block.Shape{7, 9, 8, 11}
	r := rand.New(rand.NewPCG(1, 1))
	x := dense(r, dtype.Int16, shape)
	values := dtype.Slice[int16](x.DenseBytes())
	strides := shape.Strides()
	grid := block.RegularGrid(shape, block.Shape{3, 4, 8, 5})
	for mask := 1; mask < 16; mask++ {
		s := plan.Stage{Kind: plan.Fused, Grid: grid, Reduced: make([]bool, 4),
			Program: []plan.Instr{{Op: op.Read, DType: dtype.Int16}}}
		for axis := range shape {
			s.Reduced[axis] = mask>>axis&1 == 1
		}
		s.Outputs = []plan.Output{{DType: dtype.Int64, Reduce: &plan.Reduce{Op: op.Argmin, Kernel: dtype.Int16}},
			{DType: dtype.Int64, Reduce: &plan.Reduce{Op: op.Argmax, Kernel: dtype.Int16}}}
		runner := stage(t, s)
		block.Positions(block.Whole(grid.Counts()), func(at []int) bool {
			region := grid.Region(at)
			task := &Task{At: at, Region: region, Inputs: []block.Block{x.Part(region)}, Outputs: outputs(runner, region)}
			require.NoError(t, runner.Run(t.Context(), task))
			cells, n := Cells(region.Shape, s.Reduced)
			type best struct {
				value int16
				place int64
			}
			var least, most []best
			block.Positions(region, func(index []int) bool {
				cell, place, offset := 0, int64(0), 0
				for axis, i := range index {
					offset += i * strides[axis]
					if s.Reduced[axis] {
						place = place*int64(shape[axis]) + int64(i)
					} else {
						cell = cell*region.Shape[axis] + i - region.Start[axis]
					}
				}
				v := values[offset]
				for len(least) <= cell {
					least, most = append(least, best{v, place}), append(most, best{v, place})
				}
				// Positions come in C order of all axes, so of one cell in
				// that of the reduced ones.
				if v < least[cell].value {
					least[cell] = best{v, place}
				}
				if v > most[cell].value {
					most[cell] = best{v, place}
				}
				return true
			})
			for k, want := range [][]best{least, most} {
				got := make([]int64, cells)
				require.NoError(t, runner.Finish(k, at, dtype.Bytes(got), task.Outputs[k], cells, n))
				for cell := range got {
					require.Equal(t, want[cell].place, got[cell], "axes %04b, block %v, cell %d", mask, at, cell)
				}
			}
			return true
		})
	}
}

// TestCounterIsATree: leaves merge as in the recursion that puts the largest
// power of two of them on the left.
func TestCounterIsATree(t *testing.T) {
	red, ok := kernel.Reduce(op.Sum, dtype.Float64)
	require.True(t, ok)
	r := rand.New(rand.NewPCG(2, 2))
	for n := 1; n < 140; n++ {
		leaves := make([][]float64, n)
		for i := range leaves {
			leaves[i] = []float64{r.NormFloat64() * 1e8, r.Float64()}
		}
		var tree func(cell int, of [][]float64) float64
		tree = func(cell int, of [][]float64) float64 {
			if len(of) == 1 {
				return of[0][cell]
			}
			half := 1
			for 2*half < len(of) {
				half *= 2
			}
			return tree(cell, of[:half]) + tree(cell, of[half:])
		}
		c := newCounter(red)
		out := dtype.Bytes(make([]complex128, (red.PartialBytes(3)+15)/16))
		c.begin(out, 3)
		c.open(2)
		for _, leaf := range leaves {
			planes := c.next()
			require.Equal(t, kernel.OK, red.Leaf(planes, 2, 1, dtype.Bytes(leaf), true, 0, 0, 1))
			c.push(1)
			require.LessOrEqual(t, c.used, 8, "as many partials as there are bits")
		}
		c.close(1, 2)
		got := dtype.Slice[float64](out)
		require.Equal(t, tree(0, leaves), got[1], "%d leaves", n)
		require.Equal(t, tree(1, leaves), got[2], "%d leaves", n)
		require.Zero(t, got[0], "the other cells are not touched")
	}
}

// TestRegistersShareMemory: random programs compute what they do when every
// register has memory of its own.
func TestRegistersShareMemory(t *testing.T) {
	shape := block.Shape{3, 1100}
	shared := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		grid := block.RegularGrid(shape, shape)
		s := plan.Stage{Kind: plan.Fused, Grid: grid}
		inputs := []block.Block{dense(r, dtype.Float64, shape), laid(r, dense(r, dtype.Float32, shape))}
		value, _ := dtype.ScalarOf(r.NormFloat64())
		s.Program = []plan.Instr{{Op: op.Read, DType: dtype.Float64}, {Op: op.Read, DType: dtype.Float32, Input: 1},
			{Op: op.Full, DType: dtype.Float64, Value: value}, {Op: op.Isnan, DType: dtype.Bool, Kernel: dtype.Float64, Args: []int{0}}}
		pick := func(d dtype.DType) int {
			for {
				if i := r.IntN(len(s.Program)); s.Program[i].DType == d {
					return i
				}
			}
		}
		types := []dtype.DType{dtype.Float64, dtype.Float32}
		for range 1 + r.IntN(25) {
			d := types[r.IntN(2)]
			in := plan.Instr{DType: d, Kernel: d}
			switch r.IntN(6) {
			case 0, 1:
				in.Op, in.Args = []op.Name{op.Add, op.Subtract, op.Maximum}[r.IntN(3)], []int{pick(d), pick(d)}
			case 2:
				in.Op, in.Args = []op.Name{op.Negative, op.Abs, op.Sin}[r.IntN(3)], []int{pick(d)}
			case 3:
				from := types[r.IntN(2)]
				in.Op, in.Kernel, in.Args = op.Astype, from, []int{pick(from)}
			case 4:
				in.Op, in.DType, in.Args = op.Less, dtype.Bool, []int{pick(d), pick(d)}
			case 5:
				in.Op, in.Args = op.Where, []int{pick(dtype.Bool), pick(d), pick(d)}
			}
			s.Program = append(s.Program, in)
		}
		for range 1 + r.IntN(3) {
			reg := r.IntN(len(s.Program))
			s.Outputs = append(s.Outputs, plan.Output{DType: s.Program[reg].DType, Grid: grid, Reg: reg})
		}
		s.Outputs = append(s.Outputs, plan.Output{DType: s.Program[len(s.Program)-1].DType, Grid: grid, Reg: len(s.Program) - 1})
		run := func(r *Runner) [][]byte {
			task := &Task{At: []int{0, 0}, Region: block.Whole(shape), Inputs: inputs, Outputs: outputs(r, block.Whole(shape))}
			require.NoError(t, r.Run(t.Context(), task))
			return task.Outputs
		}
		apart := stage(t, s)
		seen := map[int]bool{}
		for i := range apart.own {
			if seen[apart.place[i].buffer] {
				shared++
			}
			seen[apart.place[i].buffer] = true
			own := dtype.Bytes(make([]complex128, kernel.Piece))
			copy(own, apart.own[i]) // what full fills once
			apart.own[i], apart.regs[i], apart.place[i].output = own, own, -1
		}
		require.Equal(t, run(apart), run(stage(t, s)), "seed %d", seed)
	}
	require.Greater(t, shared, 300)
}
