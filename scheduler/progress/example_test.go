package progress_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"slices"
	"sync"

	"gabion/scheduler"
	"gabion/scheduler/progress"
)

// A loop over a slice. Where standard error is no terminal, Quiet keeps it clean.
func ExampleEach() {
	total := 0
	for _, n := range progress.Each(os.Stderr, []int{3, 4, 5}, progress.Title("adding"), progress.Quiet()) {
		total += n
	}
	fmt.Println(total)
	// Output: 12
}

// A loop over a sequence whose length nobody knows.
func ExampleSeq() {
	longest := ""
	for word := range progress.Seq(os.Stderr, slices.Values([]string{"a", "abc", "ab"}), progress.Unit("words"), progress.Quiet()) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	fmt.Println(longest)
	// Output: abc
}

// Work of several goroutines, counted by hand.
func ExampleCount() {
	bar := progress.Count(os.Stderr, progress.Title("copying"), progress.Total(4<<20), progress.Bytes(), progress.Quiet())
	defer bar.Close()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1024 {
				bar.Add(1024)
			}
		})
	}
	all.Wait()
	fmt.Println(bar.Done() == 4<<20)
	// Output: true
}

// Tasks of an engine tell a Counter how many there are and which are finished.
func ExampleCounter() {
	bar := progress.Count(os.Stderr, progress.Title("squares"), progress.Quiet())
	defer bar.Close()
	square := func(_ context.Context, n int) (int, error) { return n * n, nil }
	squares, err := scheduler.Map(context.Background(), []int{1, 2, 3}, square, scheduler.Progress(bar))
	fmt.Println(squares, err, bar.Done())
	// Output: [1 4 9] <nil> 3
}

// The log appears above the bars instead of in them.
func ExampleAbove() {
	out := progress.Above(os.Stdout)
	messages := log.New(out, "", 0)
	for i, name := range progress.Each(os.Stderr, []string{"a.nc", "b.nc"}, progress.Quiet()) {
		messages.Printf("%d: %s", i, name)
	}
	// Output:
	// 0: a.nc
	// 1: b.nc
}

// An inner bar goes when its loop is over.
func ExampleLeave() {
	pages := map[string][]int{"a": {1, 2}, "b": {3}}
	total := 0
	for _, book := range progress.Each(os.Stderr, []string{"a", "b"}, progress.Title("books"), progress.Quiet()) {
		for _, n := range progress.Each(os.Stderr, pages[book], progress.Title(book), progress.Leave(false), progress.Quiet()) {
			total += n
		}
	}
	fmt.Println(total)
	// Output: 6
}

// Every plan of an engine has a bar.
func ExampleBar() {
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 20, Events: progress.Bar(os.Stderr, progress.Quiet())})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(engine.Close())
	// Output: <nil>
}
