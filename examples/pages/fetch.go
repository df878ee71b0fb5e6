package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// statusError is an answer that is no page.
type statusError struct {
	url  string
	code int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s: %d %s", e.url, e.code, http.StatusText(e.code))
}

// fetch is one attempt to get a page.
func fetch(ctx context.Context, client *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", &statusError{url, response.StatusCode}
	}
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// transient reports whether it is worth asking again: the server is at fault or
// wants us to wait, or there was no answer. A page that does not exist will not
// exist the next time.
func transient(err error) bool {
	if status, ok := errors.AsType[*statusError](err); ok {
		return status.code >= 500 || status.code == http.StatusTooManyRequests
	}
	return !errors.Is(err, context.Canceled) // the end of all fetching, not of one attempt
}
