package block

import "fmt"

// Scratch hands out short-lived buffers up to a stated number of bytes. It is
// used by one goroutine; what it gave is valid until Release.
type Scratch struct {
	limit, used int64

	// Scratch of a budget divides one buffer of limit bytes: takes of whole
	// words from the front, so that each is aligned, others from the back.
	grant   *Grant // nil for scratch in ordinary Go memory
	buffers []*Buffer
	rest    []byte
}

// NewScratch gives at most limit bytes of ordinary Go memory. Engines give
// scratch from their budget instead; see Grant.Scratch.
func NewScratch(limit int64) *Scratch { return &Scratch{limit: limit} }

// Take is n bytes of memory with undefined content, aligned for elements of any
// type whose size divides n.
func (s *Scratch) Take(n int) ([]byte, error) {
	if n < 0 || int64(n) > s.limit-s.used {
		return nil, fmt.Errorf("%d bytes of scratch asked for when %d of the %d stated bytes are in use", n, s.used, s.limit)
	}
	data, err := s.take(n)
	if err != nil {
		return nil, err
	}
	s.used += int64(n)
	return data[:n:n], nil
}

func (s *Scratch) take(n int) ([]byte, error) {
	switch {
	case n == 0:
		return []byte{}, nil
	case s.grant == nil:
		return make([]byte, n), nil
	case len(s.buffers) == 0:
		data, err := s.alloc(int(s.limit))
		if err != nil {
			return nil, err
		}
		s.rest = data[:cap(data)]
	}
	if n <= len(s.rest) && n%8 == 0 {
		data := s.rest[:n]
		s.rest = s.rest[n:]
		return data, nil
	}
	align := n & -n
	if start := (len(s.rest) - n) &^ (align - 1); n%8 != 0 && start >= 0 {
		data := s.rest[start : start+n]
		s.rest = s.rest[:start]
		return data, nil
	}
	return s.alloc(n) // aligning takes of odd sizes left gaps
}

func (s *Scratch) alloc(n int) ([]byte, error) {
	buffer, err := s.grant.Alloc(n)
	if err != nil {
		return nil, err
	}
	s.buffers = append(s.buffers, buffer)
	return buffer.Bytes(), nil
}

// Release takes back everything that Take gave.
func (s *Scratch) Release() {
	for _, buffer := range s.buffers {
		buffer.Free()
	}
	s.buffers, s.rest, s.used = s.buffers[:0], nil, 0
}
