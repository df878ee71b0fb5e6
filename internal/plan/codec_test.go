package plan_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/internal/plan"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

// decided uses all of a decoded plan but its bindings.
func decided(p *plan.Plan) {
	if p.Decide(64<<20, 2) == nil {
		_ = p.Explain().String()
		_ = p.Text()
		_, _ = p.Encode()
	}
}

// FuzzDecode: no bytes make Decode, or Decide and Explain of what it gives,
// panic.
func FuzzDecode(f *testing.F) {
	for _, p := range schedulertest.Programs() {
		l := p.Lower(f, schedulertest.Variant{})
		data, err := l.Plan.Encode()
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := plan.Decode(data); err == nil {
			decided(p)
		}
	})
}

// TestChangedPlans: a plan in which one value was changed is refused, or runs
// to an error or a result: nothing panics, whatever part of it it was.
func TestChangedPlans(t *testing.T) {
	e, err := scheduler.New(scheduler.Options{Workers: 2, Memory: 8 << 20, SpillDir: t.TempDir()})
	require.NoError(t, err)
	refused, ran := 0, 0
	for i, program := range schedulertest.Programs() {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		l := program.Lower(t, schedulertest.Variant{})
		data, err := l.Plan.Encode()
		require.NoError(t, err)
		var places int
		change(decodeJSON(t, data), func() bool { places++; return false }, r)
		for range 25 {
			at, n := r.IntN(places), 0
			tree := decodeJSON(t, data)
			change(tree, func() bool { n++; return n-1 == at }, r)
			changed, err := json.Marshal(tree)
			require.NoError(t, err)
			p, err := plan.Decode(changed)
			if err != nil {
				refused++
				continue
			}
			decided(p)
			run := program.Lower(t, schedulertest.Variant{})
			run.Plan = p
			_, err = run.Execute(t.Context(), e)
			if err == nil {
				ran++
			}
		}
	}
	require.NoError(t, e.Close())
	require.Greater(t, refused, 300)
	require.NotZero(t, ran, "some changes are harmless")
}

func decodeJSON(t testing.TB, data []byte) any {
	var tree any
	require.NoError(t, json.Unmarshal(data, &tree))
	return tree
}

// change visits the values of a tree in an order that does not depend on the
// run, and changes that for which here is true.
func change(tree any, here func() bool, r *rand.Rand) any {
	switch v := tree.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			v[name] = change(v[name], here, r)
		}
	case []any:
		for i := range v {
			v[i] = change(v[i], here, r)
		}
		if here() && len(v) > 0 {
			if r.IntN(2) == 0 {
				return v[:len(v)-1]
			}
			return append(v, v[0])
		}
	case float64:
		if here() {
			return []any{v + 1, v - 1, -v - 1, 0.0, 2*v + 3}[r.IntN(5)]
		}
	case bool:
		if here() {
			return !v
		}
	case string:
		if here() {
			return []any{"", v + "x", "sum", "float32", "add"}[r.IntN(5)]
		}
	}
	return tree
}
