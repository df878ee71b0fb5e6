package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

// quick has two pages that do not come at the first attempt, and three that are
// refused. So many attempts bear a machine on which everything is slow.
var quick = config{pages: 24, size: 8, rate: 10_000, delay: time.Millisecond, timeout: 100 * time.Millisecond, attempts: 50}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), quick, &out))
	text := out.String()
	require.Regexp(t, `\nserial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \S+\n$`, text)
	for _, page := range []int{3, 7, 13, 19, 23} {
		require.Regexp(t, fmt.Sprintf(`(?m)^http://127\.0\.0\.1:\d+/pages/%d came at attempt \d+$`, page), text)
	}

	wrong := quick
	wrong.attempts = 0
	require.ErrorContains(t, run(context.Background(), wrong, &out), "positive")
}

func TestFetchAll(t *testing.T) {
	pool, err := scheduler.NewPool(scheduler.PoolOptions{Size: 8})
	require.NoError(t, err)
	defer func() { require.NoError(t, pool.Stop()) }()
	pages, _, err := fetchAll(context.Background(), quick, pool, atOnce, io.Discard)
	require.NoError(t, err)
	require.Len(t, pages, 24)
	for i, page := range pages {
		require.Equal(t, strings.Repeat(fmt.Sprintf("This is page %d.\n", i), i+1), page)
	}
}

func TestOneAttemptIsNotEnough(t *testing.T) {
	once := quick
	once.attempts, once.timeout = 1, time.Minute
	once.pages = 7 // the stuck one is not among them
	err := run(context.Background(), once, io.Discard)
	var status *statusError
	require.ErrorAs(t, err, &status)
	require.Equal(t, http.StatusServiceUnavailable, status.code)
	require.Contains(t, err.Error(), "/pages/3: 503 Service Unavailable")
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, run(ctx, quick, io.Discard), context.Canceled)
}

func TestTransient(t *testing.T) {
	server := httptest.NewServer(newSite(0))
	defer server.Close()
	ctx := context.Background()

	_, err := fetch(ctx, server.Client(), server.URL+"/pages/none")
	require.EqualError(t, err, server.URL+"/pages/none: 404 Not Found")
	require.False(t, transient(err))

	_, err = fetch(ctx, server.Client(), server.URL+"/pages/3")
	require.True(t, transient(err), err)
	_, err = fetch(ctx, server.Client(), server.URL+"/pages/3")
	require.NoError(t, err)

	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	_, err = fetch(short, server.Client(), server.URL+"/pages/7") // does not answer
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.True(t, transient(err))

	require.True(t, transient(&statusError{code: http.StatusTooManyRequests}))
	require.True(t, transient(errors.New("connection refused")))
	require.False(t, transient(context.Canceled))
}
