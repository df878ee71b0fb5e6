package progress

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0.0s": -time.Second, "0.3s": 300 * time.Millisecond, "10s": 9960 * time.Millisecond, "59s": 59 * time.Second,
		"1m00s": 59600 * time.Millisecond, "3m05s": 185 * time.Second, "2h07m": 127 * time.Minute, "3d04h": 76 * time.Hour,
		"years": 1001 * 24 * time.Hour,
	} {
		require.Equal(t, want, duration(d), fmt.Sprint(d))
	}
	require.Equal(t, "  years left", timeLeft(1e300, 1e-300))
}

func TestGrouped(t *testing.T) {
	for want, n := range map[string]int64{"0": 0, "999": 999, "1,000": 1000, "12,345": 12345, "123,456": 123456, "1,234,567": 1234567} {
		require.Equal(t, want, grouped(n))
	}
}
