package exec

import (
	"fmt"

	"gabion/block"
	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/op"
	"gabion/internal/plan"
)

// runWhole computes a block by an operation on whole blocks.
func (r *Runner) runWhole(t *Task) error {
	out := block.Dense(r.stage.Outputs[0].DType, t.Region.Shape, t.Outputs[0])
	return r.calling(t.At, append([]block.Block{out}, t.Inputs...), func(b []block.Block) error {
		return wholeBlocks[r.stage.Op](&wholeArgs{r.stage.Args, t.Scratch, r.stage.Covers(0, t.At, t.Region), r.stage.Inputs[0].Blocks}, b[0], b[1:])
	})
}

// wholeArgs is what an operation on whole blocks is asked for, and its memory.
type wholeArgs struct {
	*plan.Args
	scratch []byte
	first   block.Region // what the block of the first input covers
	whole   block.Grid   // of the first input
}

// wholeBlocks are the operations on whole blocks. dst is dense, src may have any
// strides. They go through the blocks lane by lane: along one axis, at each place
// of the others.
var wholeBlocks map[op.Name]func(a *wholeArgs, dst block.Block, src []block.Block) error

func init() {
	wholeBlocks = map[op.Name]func(a *wholeArgs, dst block.Block, src []block.Block) error{
		op.BlockSum:       totals(true),
		op.BlockProd:      totals(false),
		op.BlockCumsum:    cumulative(true),
		op.BlockCumprod:   cumulative(false),
		op.BlockTopk:      topk,
		op.BlockArgtopk:   topk,
		op.BlockCompress:  compress,
		op.BlockPlace:     place,
		op.BlockTakeAlong: takeAlong,
		op.BlockSearch:    search,
		op.BlockWindows:   windows,
	}
}

// lanes calls f for every lane of the first block along an axis, with the offset
// of its first element in each block. Along the other axes the blocks have the
// same lengths, or length 1, which is then the same everywhere.
func lanes(axis int, blocks []block.Block, f func(offsets []int) error) error {
	offsets := make([]int, len(blocks))
	rest := block.Region{Start: make([]int, len(blocks[0].Shape)), Shape: append(block.Shape{}, blocks[0].Shape...)}
	rest.Shape[axis] = 1
	var err error
	block.Positions(rest, func(at []int) bool {
		for i, b := range blocks {
			offsets[i] = b.Offset
			for k, p := range at {
				if b.Shape[k] > 1 {
					offsets[i] += p * b.Strides[k]
				}
			}
		}
		err = f(offsets)
		return err == nil
	})
	return err
}

// lane is a lane of a block from an offset on.
func lane(b block.Block, axis, offset int) kernel.Lane {
	return kernel.Lane{Data: b.Data, Offset: offset, Stride: b.Strides[axis], N: b.Shape[axis]}
}

// totals combines the elements of each lane.
func totals(sum bool) func(a *wholeArgs, dst block.Block, src []block.Block) error {
	return func(a *wholeArgs, dst block.Block, src []block.Block) error {
		loop, ok := kernel.Total(sum, dst.DType)
		if !ok {
			return fmt.Errorf("no kernel for %v", dst.DType)
		}
		return lanes(a.Axis, []block.Block{dst, src[0]}, func(at []int) error {
			loop(lane(dst, a.Axis, at[0]), lane(src[0], a.Axis, at[1]))
			return nil
		})
	}
}

// cumulative combines the elements of each lane up to every place, with what
// stands in the second input before them.
func cumulative(sum bool) func(a *wholeArgs, dst block.Block, src []block.Block) error {
	return func(a *wholeArgs, dst block.Block, src []block.Block) error {
		loop, ok := kernel.Cumulate(sum, dst.DType)
		if !ok {
			return fmt.Errorf("no kernel for %v", dst.DType)
		}
		return lanes(a.Axis, []block.Block{dst, src[0], src[1]}, func(at []int) error {
			loop(lane(dst, a.Axis, at[0]), lane(src[0], a.Axis, at[1]), lane(src[1], a.Axis, at[2]))
			return nil
		})
	}
}

// topk sorts the K greatest elements of each lane of the first input, or the -K
// least, and gives them, or what stands beside them in the second input.
func topk(a *wholeArgs, dst block.Block, src []block.Block) error {
	loop, ok := kernel.Topk(src[0].DType)
	if !ok {
		return fmt.Errorf("no kernel for %v", src[0].DType)
	}
	beside := src[len(src)-1]
	heap := dtype.Slice[int64](a.scratch)
	return lanes(a.Axis, []block.Block{dst, src[0], beside}, func(at []int) error {
		chosen := loop(heap, lane(src[0], a.Axis, at[1]), a.K)
		kernel.Pick(beside.DType.Size(), lane(dst, a.Axis, at[0]), lane(beside, a.Axis, at[2]), chosen)
		return nil
	})
}

// compress keeps the elements of each lane where the lane of the mask, the same
// for all, is true.
func compress(a *wholeArgs, dst block.Block, src []block.Block) error {
	if src[0].Shape.Elements() == 0 { // nor are there any of the mask, which is stretched to it
		return nil
	}
	mask := lane(src[1], a.Axis, src[1].Offset)
	if n := kernel.CountTrue(mask); n != dst.Shape[a.Axis] {
		return fmt.Errorf("the mask is true at %d places of the block, it was at %d when they were counted: its source gives other elements than before",
			n, dst.Shape[a.Axis])
	}
	// The places are found once for all lanes.
	return eachTrue(mask, func(places []int64, kept int) error {
		return lanes(a.Axis, []block.Block{dst, src[0]}, func(at []int) error {
			to := lane(dst, a.Axis, at[0])
			to.Offset += kept * to.Stride
			kernel.Pick(dst.DType.Size(), to, lane(src[0], a.Axis, at[1]), places)
			return nil
		})
	})
}

// place copies the first input, with the elements of the third one after the other
// where the lane of the mask is true. Where that is nowhere or at one place there may
// be one more, which is not read: no block is without elements or stretches.
func place(a *wholeArgs, dst block.Block, src []block.Block) error {
	if src[0].Shape.Elements() == 0 {
		return nil
	}
	mask, v := lane(src[1], a.Axis, src[1].Offset), src[2]
	if n, given := kernel.CountTrue(mask), v.Shape[a.Axis]; given != max(1, n) && given != max(2, n) {
		return fmt.Errorf("the mask is true at %d places of the block and there are %d elements for it: its source gives other elements than when they were counted", n, given)
	}
	block.Copy(dst, src[0])
	return eachTrue(mask, func(places []int64, kept int) error {
		return lanes(a.Axis, []block.Block{dst, v}, func(at []int) error {
			from := lane(v, a.Axis, at[1])
			from.Offset += kept * from.Stride
			kernel.Put(dst.DType.Size(), lane(dst, a.Axis, at[0]), from, places)
			return nil
		})
	})
}

// eachTrue calls f for the places where a mask is true, a part of them at a time,
// with how many there are before them.
func eachTrue(mask kernel.Lane, f func(places []int64, before int) error) error {
	var room [4096]int64
	for from, before := 0, 0; from < mask.N; {
		var places []int64
		places, from = kernel.Trues(room[:0], mask, from)
		if err := f(places, before); err != nil {
			return err
		}
		before += len(places)
	}
	return nil
}

// takeAlong picks elements of the lanes of the first input, which lie along its
// last axis, at the indices in the second. Where these are of other blocks of that
// axis the least element is put.
func takeAlong(a *wholeArgs, dst block.Block, src []block.Block) error {
	last := len(dst.Shape) - 1
	start, length := a.first.Start[last], a.whole[last].Len()
	if a.whole[last].Blocks() > 1 {
		dst.Fill(kernel.Least(dst.DType))
	}
	return lanes(a.Axis, []block.Block{dst, src[0], src[1]}, func(at []int) error {
		return kernel.TakeAlong(dst.DType.Size(), lane(dst, a.Axis, at[0]), lane(src[0], last, at[1]), lane(src[1], a.Axis, at[2]), start, length)
	})
}

// search finds where the elements of the second input would be put into the
// first, which is a block of what is sorted and lies along its last axis: how many
// of its elements come before. Flag puts them after equal ones.
func search(a *wholeArgs, dst block.Block, src []block.Block) error {
	last := len(dst.Shape) - 1
	sorted := kernel.Lane{Data: src[0].Data, Offset: src[0].Offset, Stride: src[0].Strides[last], N: src[0].Shape[last]}
	loop, ok := kernel.Search(src[1].DType)
	if !ok {
		return fmt.Errorf("no kernel for %v", src[1].DType)
	}
	return lanes(a.Axis, []block.Block{dst, src[1]}, func(at []int) error {
		loop(lane(dst, a.Axis, at[0]), sorted, lane(src[1], a.Axis, at[1]), a.Flag)
		return nil
	})
}

// windows shows the windows of neighbouring elements: the axes of dst are those
// of the input without its last ones, along which they lie; Sizes are, for each
// axis that has windows, its number.
func windows(a *wholeArgs, dst block.Block, src []block.Block) error {
	seen := src[0]
	rank := len(dst.Shape) - len(a.Sizes)
	seen.Shape = dst.Shape
	seen.Strides = append([]int{}, seen.Strides[:rank]...)
	for _, axis := range a.Sizes {
		seen.Strides = append(seen.Strides, src[0].Strides[axis])
	}
	block.Copy(dst, seen)
	return nil
}
