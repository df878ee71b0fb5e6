package progress

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		items := []string{"a", "b", "c", "d"}
		seen := make(map[int]string)
		for i, item := range Each(m, items, Title("letters")) {
			seen[i] = item
			pass(time.Second)
			if i == 2 {
				m.shows(" 50 % [##############--------------] letters  2 of 4  1.0s each  2.1s left")
			}
		}
		require.Equal(t, maps.Collect(slices.All(items)), seen)
		m.shows("100 %  letters  4 in 4.0s  1.0/s\n")
	})
}

func TestSeq(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		var seen []int
		for item := range Seq(m, slices.Values([]int{5, 6, 7}), Unit("numbers")) {
			seen = append(seen, item)
			pass(time.Second)
		}
		require.Equal(t, []int{5, 6, 7}, seen)
		m.shows("3 numbers in 3.0s  1.0/s\n")
		for range Seq(m, slices.Values([]int{5, 6, 7}), Total(3)) {
			pass(time.Second)
		}
		m.shows("3 numbers in 3.0s  1.0/s\n100 %  3 in 3.0s  1.0/s\n")
	})
}

// TestLeavingLoops checks that a bar ends with its loop, however that is left,
// and says how many items the loop was through with.
func TestLeavingLoops(t *testing.T) {
	items := []int{0, 1, 2, 3}
	loops := map[string]func(m *monitor, body func(int) bool){
		"Each": func(m *monitor, body func(int) bool) {
			for _, item := range Each(m, items) {
				if !body(item) {
					break
				}
			}
		},
		"Seq": func(m *monitor, body func(int) bool) {
			for item := range Seq(m, slices.Values(items), Total(4)) {
				if !body(item) {
					break
				}
			}
		},
	}
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMonitor(t, 80, 24)
				loop(m, func(item int) bool { return item < 2 })
				m.shows("50 %  2 of 4 in 0.0s\n")
				require.PanicsWithValue(t, "broken", func() {
					loop(m, func(item int) bool {
						if item == 1 {
							panic("broken")
						}
						return true
					})
				})
				m.shows("50 %  2 of 4 in 0.0s\n25 %  1 of 4 in 0.0s\n")
			})
		})
	}
}

func TestLoopsOverNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		for range Each[int](m, nil) {
			t.Error("an item")
		}
		for range Seq[int](m, nil) {
			t.Error("an item")
		}
		for range Each(nil, []int{1}) {
			pass(time.Second)
		}
		m.shows("100 %  0 in 0.0s\n")
	})
}

// TestLoopsTwice checks that what Each and Seq return can be ranged over again,
// each time with a bar of its own.
func TestLoopsTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMonitor(t, 80, 24)
		loop := Each(m, []int{1, 2})
		for range loop {
			pass(time.Millisecond)
		}
		for range loop {
			pass(time.Millisecond)
		}
		m.shows("100 %  2 in 0.0s  1,000/s\n100 %  2 in 0.0s  1,000/s\n")
	})
}

func BenchmarkEach(b *testing.B) {
	for b.Loop() {
		for range Each(&output{}, make([]struct{}, 1_000_000)) {
		}
	}
}
