package scheduler_test

import (
	"context"
	"fmt"
	"sort"
	"testing"
	"time"

	"gabion/scheduler"
)

func spin(n int) int {
	x := 1
	for i := 0; i < n; i++ {
		x = x*1664525 + 1013904223
	}
	return x
}

func median(f func()) time.Duration {
	var d []time.Duration
	for range 7 {
		s := time.Now()
		f()
		d = append(d, time.Since(s))
	}
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	return d[3]
}

func TestQuick(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ n, work int }{{10_000_000, 2}, {100_000, 1000}, {10_000, 10_000}, {1000, 100_000}, {200, 1000_000}, {100, 2}, {1000, 100}} {
		in := make([]int, c.n)
		for i := range in {
			in[i] = i
		}
		f := func(ctx context.Context, v int) (int, error) { return spin(c.work) + v, nil }
		plain := func() {
			out := make([]int, len(in))
			for i, v := range in {
				u, err := f(ctx, v)
				if err != nil {
					t.Fatal(err)
				}
				out[i] = u
			}
		}
		p := median(plain)
		m := median(func() {
			if _, err := scheduler.Map(ctx, in, f); err != nil {
				t.Fatal(err)
			}
		})
		fmt.Println(c, p, m, float64(p)/float64(m))
	}
	n := 1_000_000
	s := time.Now()
	for range n {
		if _, err := scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return 1, nil }).Result(ctx); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println("submit+result", time.Since(s)/time.Duration(n))
	s = time.Now()
	fs := make([]*scheduler.Future[int], n)
	for i := range n {
		fs[i] = scheduler.Submit(ctx, func(ctx context.Context) (int, error) { return i, nil })
	}
	sum, err := scheduler.Results(ctx, fs)
	fmt.Println("all", time.Since(s)/time.Duration(n), len(sum), err)
}
