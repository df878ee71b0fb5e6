package netcdf

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// FuzzFile opens any bytes as a file and reads what it claims to hold: no
// panic, and no variable that the file is too small for.
func FuzzFile(f *testing.F) {
	for _, version := range []byte{1, 2, 5} {
		f.Add(sample(version).encode())
		f.Add(allTypes(version).encode())
	}
	streamed := sample(1)
	streamed.claim = &streaming
	f.Add(streamed.encode())
	f.Add(fixture{version: 5, dims: []fixtureDim{{"x", 2}}, vars: []fixtureVar{{name: "v", dims: []int{0}, values: []int8{1, -1},
		attrs: []fixtureAttr{{"_Unsigned", "true"}, {"_FillValue", []int8{-1}}, {"missing_value", []float64{1e300}}, {"scale_factor", []float32{2}}}}}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := newFile("fuzz.nc", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.Contains(t, err.Error(), "netcdf: fuzz.nc: ")
			return
		}
		file.Attributes()
		rng := rand.New(rand.NewPCG(1, uint64(len(data))))
		for _, name := range file.Variables() {
			info, err := file.Info(name)
			require.NoError(t, err)
			v, err := file.Variable(name)
			if err != nil {
				continue
			}
			d := v.Describe()
			require.Equal(t, info.Shape, append(block.Shape{}, d.Shape()...))
			n, err := d.Shape().Size()
			require.NoError(t, err)
			require.LessOrEqual(t, n, len(data))
			for _, r := range []block.Region{block.Whole(d.Shape()), randomRegion(rng, d.Shape())} {
				dst := block.Dense(d.DType, r.Shape, dtype.Bytes(make([]float64, r.Elements())))
				require.NoError(t, v.Read(t.Context(), r, dst, block.NewScratch(v.Scratch(r))))
			}
		}
	})
}
