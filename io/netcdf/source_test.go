package netcdf

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

func TestSourceConformance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	shape := block.Shape{7, 6, 5}
	doubles := randomValues(rng, 4, shape.Elements()).([]float64)
	shorts := make([]int16, shape.Elements())
	for i := range shorts {
		shorts[i] = int16(rng.IntN(9))
	}
	f := fixture{version: 5, records: shape[0], dims: []fixtureDim{{"t", 0}, {"y", shape[1]}, {"x", shape[2]}}, vars: []fixtureVar{
		{name: "doubles", dims: []int{0, 1, 2}, attrs: []fixtureAttr{{"units", "m"}, {"levels", []int16{1, 2}}}, values: doubles},
		{name: "packed", dims: []int{0, 1, 2}, attrs: []fixtureAttr{{"_FillValue", []int16{3}}, {"scale_factor", []float32{0.5}}}, values: shorts},
		{name: "gaps", dims: []int{0, 1, 2}, attrs: []fixtureAttr{{"missing_value", []float64{1.5}}}, values: halves(shorts)},
		{name: "scalar", values: []uint64{math.MaxUint64}},
		{name: "bytes", dims: []int{0}, values: make([]int8, shape[0])},
	}}
	unpacked := halves(shorts)
	for i, x := range shorts {
		if x == 3 {
			unpacked[i] = float32(math.NaN())
		}
	}
	file := f.open(t)
	for name, want := range map[string]block.Block{
		"doubles": block.Dense(dtype.Float64, shape, dtype.Bytes(doubles)),
		"packed":  block.Dense(dtype.Float32, shape, dtype.Bytes(unpacked)),
		"gaps":    block.Dense(dtype.Float32, shape, dtype.Bytes(unpacked)),
		"scalar":  block.Dense(dtype.Uint64, nil, dtype.Bytes([]uint64{math.MaxUint64})),
		"bytes":   block.Dense(dtype.Int8, shape[:1], make([]byte, shape[0])),
	} {
		t.Run(name, func(t *testing.T) {
			var chunks block.Shape
			for _, n := range want.Shape {
				chunks = append(chunks, 1+n/2)
			}
			blocktest.TestSource(t, func() block.Source { return variableOf(t, file, name, Chunks(chunks)) }, want)
		})
	}
	f.records, f.vars = 0, []fixtureVar{{name: "none", dims: []int{0, 1}, values: []int16{}}}
	empty := f.open(t)
	blocktest.TestSource(t, func() block.Source { return variableOf(t, empty, "none") }, block.Dense(dtype.Int16, block.Shape{0, 6}, nil))
}

func halves(shorts []int16) []float32 {
	values := make([]float32, len(shorts))
	for i, x := range shorts {
		values[i] = float32(x) / 2
	}
	return values
}

func TestAxesAlongOneDimension(t *testing.T) {
	file := fixture{version: 1, dims: []fixtureDim{{"x", 2}}, vars: []fixtureVar{{name: "covariance", dims: []int{0, 0}, values: []int32{1, 2, 3, 4}}}}.open(t)
	v := variableOf(t, file, "covariance")
	require.Equal(t, []string{"x", ""}, v.Describe().Names)
	require.Equal(t, []int32{1, 2, 3, 4}, readAll[int32](t, v))
}
