package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// site is a web server that is slow and sometimes fails, always for the same
// pages: every tenth one answers 503 when it is asked for the first time, and
// every twelfth does not answer at all.
type site struct {
	delay time.Duration // before each answer

	mu    sync.Mutex
	asked map[int]int // how often each page was asked for
}

func newSite(delay time.Duration) *site { return &site{delay: delay, asked: make(map[int]int)} }

func busy(page int) bool  { return page%10 == 3 }
func stuck(page int) bool { return page%12 == 7 }

// content is the text of a page.
func content(page int) string {
	return strings.Repeat(fmt.Sprintf("This is page %d.\n", page), 1+page%50)
}

// ServeHTTP answers /pages/N.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/pages/"))
	if err != nil || page < 0 {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.asked[page]++
	first := s.asked[page] == 1
	s.mu.Unlock()

	if first && stuck(page) {
		<-r.Context().Done() // until the client gives up
		return
	}
	select {
	case <-time.After(s.delay):
	case <-r.Context().Done():
		return
	}
	if first && busy(page) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprint(w, content(page))
}
