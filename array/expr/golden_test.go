package expr_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array/expr"
)

var update = flag.Bool("update", false, "write the golden files")

// TestErrors holds every mistake with what is said about it. The file has an
// expression in a line after ">>> ", then the error and its pointer.
func TestErrors(t *testing.T) {
	const path = "testdata/errors.txt"
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	var got strings.Builder
	for line := range strings.Lines(string(golden)) {
		text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), ">>> ")
		if !ok {
			if strings.HasPrefix(line, "#") {
				got.WriteString(line)
			}
			continue
		}
		_, err := expr.Eval(text, inputs())
		fmt.Fprintf(&got, ">>> %s\n", text)
		var mistake *expr.Error
		switch {
		case err == nil:
			t.Errorf("%s is no mistake", text)
		case !errors.As(err, &mistake):
			t.Errorf("%s: %T without a column: %v", text, err, err)
		default:
			fmt.Fprintf(&got, "%v\n%s\n\n", err, mistake.Pointer())
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o666))
		return
	}
	require.Equal(t, string(golden), got.String())
}
