package kernel

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoFusedProducts compiles the package for a processor on which Go fuses
// products and sums, and looks for the instruction in lines that do not call
// math.FMA: there results would differ from those of other processors. A product
// is kept apart by a conversion, as in float64(a*b) + c; that of a power of two,
// which is exact, could do without.
func TestNoFusedProducts(t *testing.T) {
	build := exec.Command("go", "build", "-gcflags=gabion/internal/kernel=-S", ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	listing, err := build.CombinedOutput()
	require.NoError(t, err, "%s", listing[:min(len(listing), 2000)])
	instruction := regexp.MustCompile(`\(\S*?internal/kernel/([a-z0-9_]+\.go):(\d+)\)\s+FN?M(ADD|SUB)[SD]\s`)
	sources, fused := map[string][]string{}, 0
	for scanner := bufio.NewScanner(bytes.NewReader(listing)); scanner.Scan(); {
		match := instruction.FindStringSubmatch(scanner.Text())
		if match == nil {
			continue
		}
		fused++
		if sources[match[1]] == nil {
			text, err := os.ReadFile(match[1])
			require.NoError(t, err)
			sources[match[1]] = strings.Split(string(text), "\n")
		}
		line, err := strconv.Atoi(match[2])
		require.NoError(t, err)
		if source := sources[match[1]][line-1]; !strings.Contains(source, "math.FMA") {
			t.Errorf("%s:%d: a product is fused with a sum: %s", match[1], line, strings.TrimSpace(source))
		}
	}
	require.NotZero(t, fused, "the compiler's listing is read")
}
