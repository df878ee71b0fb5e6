// Command pages fetches the pages of a slow and unreliable web server, one after
// the other and many at once, with timeouts and retries.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"time"

	"gabion/examples/timing"
	"gabion/scheduler"
)

type config struct {
	pages    int
	size     int           // how many are fetched at once
	rate     float64       // how many fetches start a second at most
	delay    time.Duration // of the server before an answer
	timeout  time.Duration // of an attempt
	attempts int           // for a page
}

func main() {
	var c config
	flag.IntVar(&c.pages, "pages", 100, "how many pages there are")
	flag.IntVar(&c.size, "size", 32, "how many pages are fetched at once")
	flag.Float64Var(&c.rate, "rate", 200, "how many fetches start a second at most; 0 is any number")
	flag.DurationVar(&c.delay, "delay", 50*time.Millisecond, "what the server takes to answer")
	flag.DurationVar(&c.timeout, "timeout", 250*time.Millisecond, "when an attempt is given up")
	flag.IntVar(&c.attempts, "attempts", 4, "how often a page is asked for at most")
	flag.Parse()
	if err := run(context.Background(), c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

// run fetches all pages twice, each time from a new server, and prints both
// times. Pages that differ are an error.
func run(ctx context.Context, c config, out io.Writer) error {
	if c.pages < 1 || c.timeout <= 0 || c.attempts < 1 {
		return fmt.Errorf("%d pages, a timeout of %v and %d attempts: give positive ones", c.pages, c.timeout, c.attempts)
	}
	fmt.Fprintf(out, "%d pages, %v each\n", c.pages, c.delay)
	pool, err := scheduler.NewPool(scheduler.PoolOptions{Size: c.size, Rate: c.rate})
	if err != nil {
		return err
	}
	defer pool.Stop()

	one, serial, err := fetchAll(ctx, c, pool, oneByOne, io.Discard)
	if err != nil {
		return err
	}
	many, parallel, err := fetchAll(ctx, c, pool, atOnce, out)
	if err != nil {
		return err
	}
	if !slices.Equal(one, many) {
		return errors.New("the pages that were fetched at once are not those that were fetched one by one")
	}
	return timing.Line(out, serial, parallel)
}

// job is a fetch of all pages.
type job struct {
	config
	pool   *scheduler.Pool
	client *http.Client
	urls   []string
	tries  []int // attempts for each page; its task's until the future is done
}

// fetchAll starts a server and fetches all its pages, in the order of their
// numbers or not. It reports those that took several attempts.
func fetchAll(ctx context.Context, c config, pool *scheduler.Pool, order func(context.Context, *job) iter.Seq2[int, *scheduler.Future[string]], report io.Writer) (pages []string, took time.Duration, err error) {
	server := httptest.NewServer(newSite(c.delay))
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = pool.Size() // 2 otherwise: most fetches would connect anew

	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends fetches that are under way when another failed for good

	begun := time.Now()
	j := job{c, pool, client, make([]string, c.pages), make([]int, c.pages)}
	for i := range j.urls {
		j.urls[i] = fmt.Sprintf("%s/pages/%d", server.URL, i)
	}
	pages = make([]string, c.pages)
	for i, future := range order(ctx, &j) {
		if pages[i], err = future.Result(ctx); err != nil {
			return nil, 0, err
		}
		if j.tries[i] > 1 {
			fmt.Fprintf(report, "%s came at attempt %d\n", j.urls[i], j.tries[i])
		}
	}
	return pages, time.Since(begun), nil
}

// submit has page i fetched, with as many attempts as it takes.
func (j *job) submit(ctx context.Context, i int) *scheduler.Future[string] {
	get := func(ctx context.Context) (string, error) {
		j.tries[i]++
		return fetch(ctx, j.client, j.urls[i])
	}
	return scheduler.Submit(ctx, get,
		scheduler.On(j.pool),
		scheduler.Timeout(j.timeout),
		scheduler.Retry(scheduler.Retries{Attempts: j.attempts, Delay: j.delay, If: transient}))
}

// oneByOne submits a page when the one before has come.
func oneByOne(ctx context.Context, j *job) iter.Seq2[int, *scheduler.Future[string]] {
	return func(yield func(int, *scheduler.Future[string]) bool) {
		for i := range j.urls {
			if !yield(i, j.submit(ctx, i)) {
				return
			}
		}
	}
}

// atOnce submits all pages, which come in any order.
func atOnce(ctx context.Context, j *job) iter.Seq2[int, *scheduler.Future[string]] {
	futures := make([]*scheduler.Future[string], len(j.urls))
	for i := range futures {
		futures[i] = j.submit(ctx, i)
	}
	return scheduler.AsCompleted(ctx, futures)
}
