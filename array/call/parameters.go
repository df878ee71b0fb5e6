package call

import (
	"gabion/array"
	"gabion/internal/op"
)

// parameters are the elementwise operations that have parameters of their own.
var parameters = map[op.Name]func(a *arguments) array.Array{
	op.Clip:     clip,
	op.Round:    func(a *arguments) array.Array { return a.array("x").Round(a.int("decimals", 0)) },
	op.NanToNum: nanToNum,
	op.Isclose: func(a *arguments) array.Array {
		opts := []array.CloseOption{array.Rtol(a.float("rtol", 1e-5)), array.Atol(a.float("atol", 1e-8))}
		if a.bool("equal_nan") {
			opts = append(opts, array.EqualNaN())
		}
		return a.array("x1").IsClose(a.array("x2"), opts...)
	},
}

func clip(a *arguments) array.Array {
	x := a.array("x")
	switch {
	case a.given("min") && a.given("max"):
		return x.Clip(a.array("min"), a.array("max"))
	case a.given("min"):
		return x.ClipMin(a.array("min"))
	case a.given("max"):
		return x.ClipMax(a.array("max"))
	}
	return array.Apply(string(op.Positive), x)
}

func nanToNum(a *arguments) array.Array {
	var opts []array.NaNOption
	for name, replace := range map[string]func(float64) array.NaNOption{
		"nan": array.ReplaceNaN, "posinf": array.ReplacePosInf, "neginf": array.ReplaceNegInf} {
		if a.given(name) {
			opts = append(opts, replace(a.float(name, 0)))
		}
	}
	return a.array("x").NanToNum(opts...)
}
