package expr_test

import (
	"context"
	"errors"
	"fmt"

	"gabion/array"
	"gabion/array/expr"
)

func ExampleEval() {
	wind := array.FromSlice([]float32{1, 2, 3, 6}, []int{2, 2}, array.Names("TIME", "X"))
	anomaly, err := expr.Eval(`wind - mean(wind, "TIME")`, map[string]array.Array{"wind": wind})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := array.Preview(context.Background(), anomaly)
	fmt.Println(text, err)
	// Output:
	// [[-1. -2.]
	//  [ 1.  2.]] <nil>
}

func ExampleError() {
	_, err := expr.Eval("1 + sqr(2)", nil)
	var mistake *expr.Error
	if errors.As(err, &mistake) {
		fmt.Println(mistake)
		fmt.Println(mistake.Pointer())
	}
	// Output:
	// column 5: no function is called sqr; did you mean sqrt?
	// 1 + sqr(2)
	//     ^
}
