package block

import "fmt"

// Scratch hands out short-lived buffers up to a stated number of bytes. It is
// used by one goroutine; what it gave is valid until Release.
type Scratch struct {
	limit, used int64
	alloc       func(n int) (data []byte, free func(), err error)
	frees       []func()
}

// NewScratch gives at most limit bytes of ordinary Go memory. Engines give
// scratch from their budget instead.
func NewScratch(limit int64) *Scratch {
	return &Scratch{limit: limit, alloc: func(n int) ([]byte, func(), error) { return make([]byte, n), func() {}, nil }}
}

// Take is n bytes of memory with undefined content, aligned for any element.
func (s *Scratch) Take(n int) ([]byte, error) {
	if n < 0 || int64(n) > s.limit-s.used {
		return nil, fmt.Errorf("%d bytes of scratch asked for when %d of the %d stated bytes are in use", n, s.used, s.limit)
	}
	data, free, err := s.alloc(n)
	if err != nil {
		return nil, err
	}
	s.used += int64(n)
	s.frees = append(s.frees, free)
	return data[:n:n], nil
}

// Release takes back everything that Take gave.
func (s *Scratch) Release() {
	for _, free := range s.frees {
		free()
	}
	s.frees, s.used = s.frees[:0], 0
}
