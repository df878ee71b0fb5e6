package array_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/graph"
	"gabion/scheduler"
)

// winds is a small field of two months at three places.
var winds = []float32{1, 2, 3, 5, 6, 10}

func Example() {
	x := array.FromSlice(winds, []int{2, 3}, array.Names("TIME", "PLACE"))
	anomaly := x.Sub(x.Mean(array.AxesNamed("TIME")))
	fmt.Println(anomaly) // nothing has run

	values, err := array.Values[float32](context.Background(), anomaly)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(values)
	// Output:
	// Array(float32, shape (2, 3), chunks (2, 3), 24B, names (TIME, PLACE))
	// [-2 -2 -3.5 2 2 3.5]
}

func ExampleArray_Slice() {
	x := array.Arange(0, 24, 1).Reshape(4, 6)
	text, err := array.Preview(context.Background(), x.Slice("::2, 1:-1"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output:
	// [[ 1  2  3  4]
	//  [13 14 15 16]]
}

func ExampleArray_Index() {
	x := array.Arange(0, 24, 1).Reshape(4, 6)
	row := x.Index(array.At(-1), array.RangeStep(array.Open, array.Open, -1))
	values, err := array.Values[int64](context.Background(), row)
	fmt.Println(values, err)
	// Output: [23 22 21 20 19 18] <nil>
}

func ExampleArray_Err() {
	x := array.Zeros[float64]([]int{2, 3})
	bad := x.Slice("5").Sum().Mul(array.Const(2)) // the first error rides along
	var mistake *graph.Error
	if errors.As(bad.Err(), &mistake) {
		fmt.Println(mistake.Kind, "in", mistake.Op)
		fmt.Println(mistake.Err)
	}
	// Output:
	// IndexError in getitem
	// axis 0 of shape (2, 3): index 5 is out of range for length 2
}

func ExampleConst() {
	x := array.Ones[float32]([]int{3})
	fmt.Println(x.Add(array.Const(2)).DType(), x.Add(array.Scalar(2.0)).DType())
	// Output: float32 float64
}

func ExampleArray_Rechunk() {
	x := array.Zeros[float64]([]int{1000, 1000}, array.Chunks(100), array.Names("TIME", "LAT"))
	fmt.Println(x.Rechunk(array.ChunksNamed("TIME", array.Whole)).Chunks())
	fmt.Println(x.Rechunk(array.Chunks(500, 250)).Chunks())
	fmt.Println(x.Rechunk(array.AutoChunks(1 << 20)).Chunks())
	// Output:
	// (1000, 10x100)
	// (2x500, 4x250)
	// (3x300+100, 3x300+100)
}

func ExampleMapBlocks() {
	x := array.FromSlice([]float64{1, 2, 3, 4, 5}, nil, array.Chunks(2))
	// The sum of each block.
	sums := array.MapBlocks(func(_ context.Context, _ array.BlockInfo, dst []float64, src []float64) error {
		dst[0] = 0
		for _, v := range src {
			dst[0] += v
		}
		return nil
	}, x, array.ResultChunks(1))
	values, err := array.Values[float64](context.Background(), sums)
	fmt.Println(values, err)
	// Output: [3 7 5] <nil>
}

func ExampleCompute() {
	x := array.FromSlice(winds, nil)
	blocks, err := array.Compute(context.Background(), []array.Array{x.Min(), x.Max(), x.Mul(x)})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range blocks {
		fmt.Println(array.Format(b, array.FormatOptions{}))
	}
	// Output:
	// 1.0
	// 10.0
	// [  1.   4.   9.  25.  36. 100.]
}

func ExampleStoreAll() {
	x := array.FromSlice(winds, []int{2, 3})
	low, high := new(blocktest.Sink), new(blocktest.Sink) // formats have sinks, see packages under io
	err := array.StoreAll(context.Background(), []array.Output{
		{Array: x.Min(array.Axes(0)), Sink: low},
		{Array: x.Max(array.Axes(0)), Sink: high},
	})
	if err != nil {
		log.Fatal(err)
	}
	written, err := high.Open()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(array.Preview(context.Background(), array.From(written)))
	// Output: [ 5.  6. 10.] <nil>
}

func ExampleGenerator() {
	ctx := context.Background()
	rng := array.NewGenerator(42)
	numbers := rng.Random([]int{3}) // as numpy.random.Generator(numpy.random.Philox(key=[42, 0])).random(3)
	dice := rng.Integers([]int{2, 5}, 1, 7)
	lottery := rng.Choice([]int{6}, 49, array.WithoutReplacement())
	for _, x := range []array.Array{numbers, dice, lottery} {
		text, err := array.Preview(ctx, x)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(text)
	}
	// Output:
	// [0.82019815 0.18924562 0.86766081]
	// [[3 5 4 3 1]
	//  [3 6 5 6 2]]
	// [20 41 31 48 44 40]
}

func ExamplePersist() {
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 20})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	ctx := context.Background()
	x := array.NewGenerator(42).StandardNormal([]int{100, 100})
	kept, err := array.Persist(ctx, []array.Array{x.Exp()}, array.On(engine))
	if err != nil {
		log.Fatal(err)
	}
	defer kept[0].Release()
	positive, err := array.Item[bool](ctx, kept[0].Gt(array.Const(0)).All(), array.On(engine))
	fmt.Println(positive, err)
	// Output: true <nil>
}

func ExampleArray_Explain() {
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 20, Workers: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	d := block.Description{DType: dtype.Float32, Grid: block.RegularGrid(block.Shape{2, 3}, block.Shape{1, 3})}
	values, err := block.OfSlice(winds, d.Shape())
	if err != nil {
		log.Fatal(err)
	}
	x := array.From(blocktest.NewSource(d, values))
	plan, err := x.Sub(x.Mean(array.Axes(0))).Explain(array.On(engine))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.BytesRead, "bytes read,", plan.Written, "bytes made")
	// Output: 24 bytes read, 24 bytes made
}

func ExampleBlock() {
	a, b := array.Ones[int64]([]int{2, 2}), array.Zeros[int64]([]int{2, 1})
	text, err := array.Preview(context.Background(), array.Block([][]array.Array{{a, b}, {array.Full([]int{1, 3}, 7)}}))
	fmt.Println(text, err)
	// Output:
	// [[1 1 0]
	//  [1 1 0]
	//  [7 7 7]] <nil>
}

func ExampleArray_Diff() {
	x := array.FromSlice([]float64{1, 4, 9, 16}, nil)
	first, err := array.Values[float64](context.Background(), x.Diff(1, 0, array.Prepend(array.Const(0))))
	fmt.Println(first, err)
	second, err := array.Values[float64](context.Background(), x.Diff(2, 0))
	fmt.Println(second, err)
	// Output:
	// [1 3 5 7] <nil>
	// [2 2] <nil>
}

func ExampleFromFunc() {
	table := array.FromFunc([]int{3, 4}, func(at []int) int64 { return int64((at[0] + 1) * (at[1] + 1)) })
	text, err := array.Preview(context.Background(), table)
	fmt.Println(text, err)
	// Output:
	// [[ 1  2  3  4]
	//  [ 2  4  6  8]
	//  [ 3  6  9 12]] <nil>
}

// A reduction of one's own: the geometric mean, from the sum of logarithms.
func ExampleTreeReduce() {
	geometric := array.Tree[float64, float64, float64]{
		Chunk: func(_ context.Context, info array.TreeInfo, partial, block []float64) error {
			n := len(block) / info.Cells
			for c := range info.Cells {
				for _, v := range block[c*n : (c+1)*n] {
					partial[c] += math.Log(v)
				}
			}
			return nil
		},
		Combine: func(left, right []float64) error {
			for c, v := range right {
				left[c] += v
			}
			return nil
		},
		Finish: func(dst, partial []float64, n int64) error {
			for c, v := range partial {
				dst[c] = math.Exp(v / float64(n))
			}
			return nil
		},
	}
	x := array.FromSlice([]float64{1, 2, 4, 8, 3, 9, 27, 81}, []int{2, 4}, array.Chunks(1, 3))
	rows, err := array.Values[float64](context.Background(), array.TreeReduce(geometric, x, array.Axes(1)))
	fmt.Printf("%.3f %v\n", rows, err)
	// Output: [2.828 15.588] <nil>
}
