package npy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gabion/array"
	"gabion/io/npy"
)

// A .npy file is computed with block by block, and the result is another.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")

	numbers := array.Arange[float64](0, 12, 1).Reshape(3, 4)
	if err := array.Store(ctx, npy.Create(in), numbers); err != nil {
		fmt.Println(err)
		return
	}
	x, err := npy.Open(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer x.Close()
	mean := array.From(x).Mean(array.Axes(0))
	if err := array.Store(ctx, npy.Create(out), array.From(x).Sub(mean)); err != nil {
		fmt.Println(err)
		return
	}

	y, err := npy.Open(out)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer y.Close()
	text, err := array.Preview(ctx, array.From(y))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(text)
	// Output:
	// [[-4. -4. -4. -4.]
	//  [ 0.  0.  0.  0.]
	//  [ 4.  4.  4.  4.]]
}

// Several results of one computation go to one archive, which is there when all
// of them are.
func ExampleCreateZip() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "npz")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "powers.npz")

	x := array.Arange[int32](0, 5, 1)
	archive := npy.CreateZip(path, []string{"squares", "cubes"})
	err = array.StoreAll(ctx, []array.Output{
		{Array: x.Mul(x), Sink: archive.Array("squares")},
		{Array: x.Mul(x).Mul(x), Sink: archive.Array("cubes")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	powers, err := npy.OpenZip(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer powers.Close()
	for _, name := range powers.Names() {
		a, err := powers.Array(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		values, err := array.Values[int32](ctx, array.From(a))
		fmt.Println(name, values, err)
	}
	// Output:
	// squares [0 1 4 9 16] <nil>
	// cubes [0 1 8 27 64] <nil>
}

// A file that fits in memory, and is read again and again, is mapped.
func ExampleMmap() {
	ctx := context.Background()
	x, err := npy.Mmap(filepath.Join("testdata", "f8_little_c.npy"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer x.Close()
	sum, err := array.Item[float64](ctx, array.From(x).Sum())
	fmt.Println(sum, err)
	// Output:
	// 36 <nil>
}
