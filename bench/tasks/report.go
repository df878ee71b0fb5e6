package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Columns beside those that every table has. Ratios are taken round by round;
// tables show their medians.
const (
	speedUp = "speed-up" // time per call of the plain loop over that of this one
	lead    = "Gabion is faster by"
	idle    = "idle"
	ofHalf  = "of half the machine"
)

// Result is what one case gave.
type Result struct {
	Case    string
	About   string
	Columns []string
	Rows    []Row
}

// Row is one technique, or one of the things that a case measures.
type Row struct {
	Technique string
	Calls     int
	Unit      string    // of Samples: s or B
	Samples   []float64 // one for each round
	Median    float64
	Min       float64
	Max       float64
	PerCall   float64 // Median over Calls

	// Ratios are medians by the names of columns; some have no value.
	Ratios map[string]float64
}

func newRow(technique string, calls int, unit string, samples []float64) Row {
	m := median(samples)
	return Row{
		Technique: technique, Calls: calls, Unit: unit, Samples: samples, Ratios: make(map[string]float64),
		Median: m, Min: slices.Min(samples), Max: slices.Max(samples), PerCall: m / float64(calls),
	}
}

// set keeps the median of ratios; NaN, which JSON does not have, is left out.
func (r *Row) set(column string, ratios []float64) {
	if m := median(ratios); !math.IsNaN(m) {
		r.Ratios[column] = m
	}
}

func (s series) row() Row {
	walls := make([]float64, len(s.walls))
	for i, w := range s.walls {
		walls[i] = w.Seconds()
	}
	return newRow(s.name, s.calls, "s", walls)
}

// Machine is where the figures come from.
type Machine struct {
	CPU    string
	Cores  int // that Go uses
	Go     string
	System string
	Load   string // average of the last minute before the first case; "" if the system does not say
	Rounds int
	Scale  float64

	StepsPerMicrosecond float64 // of arithmetic
}

func thisMachine(s *session) Machine {
	m := Machine{
		CPU: "unknown CPU", Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Rounds: s.rounds, Scale: s.scale, StepsPerMicrosecond: s.stepsPerMicrosecond,
	}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	load, _ := os.ReadFile("/proc/loadavg")
	m.Load, _, _ = strings.Cut(string(load), " ")
	return m
}

func (m Machine) String() string {
	text := fmt.Sprintf("%d cores, %s, %s, %s; one warm-up, then %d rounds", m.Cores, m.CPU, m.Go, m.System, m.Rounds)
	if m.Load != "" {
		text += "; load before: " + m.Load
	}
	if m.Scale != 1 {
		text += fmt.Sprintf("; sizes times %g: not for comparison", m.Scale)
	}
	return text + fmt.Sprintf("; 1 us of work is %.0f steps", m.StepsPerMicrosecond)
}

// reporter writes results: tables as they come, or JSON at the end.
type reporter struct {
	w       io.Writer
	json    bool
	machine Machine
	results []Result
}

func (r *reporter) begin(m Machine) {
	r.machine = m
	if !r.json {
		fmt.Fprintf(r.w, "%v\n", m)
	}
}

func (r *reporter) add(result Result) {
	r.results = append(r.results, result)
	if !r.json {
		result.markdown(r.w)
	}
}

func (r *reporter) end() error {
	if !r.json {
		return nil
	}
	enc := json.NewEncoder(r.w)
	enc.SetIndent("", " ")
	return enc.Encode(struct {
		Machine Machine
		Results []Result
	}{r.machine, r.results})
}

func (r Result) markdown(w io.Writer) {
	head := append([]string{"technique", "calls", "median", "min", "max", "per call"}, r.Columns...)
	fmt.Fprintf(w, "\n### %s\n\n%s\n\n| %s |\n|%s\n", r.Case, r.About, strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range r.Rows {
		cells := []string{row.Technique, fmt.Sprint(row.Calls)}
		for _, v := range []float64{row.Median, row.Min, row.Max, row.PerCall} {
			cells = append(cells, quantity(v, row.Unit))
		}
		for _, c := range r.Columns {
			v, ok := row.Ratios[c]
			switch {
			case !ok:
				cells = append(cells, "-")
			case c == idle:
				cells = append(cells, fmt.Sprintf("%.1f %%", 100*v))
			default:
				cells = append(cells, fmt.Sprintf("%.3g", v))
			}
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

// quantity is a value with a unit of a fitting size.
func quantity(v float64, unit string) string {
	if unit == "B" {
		if math.Abs(v) >= 1e6 {
			return fmt.Sprintf("%.1f MB", v/1e6)
		}
		return fmt.Sprintf("%.0f B", v)
	}
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}} {
		if v >= u.size {
			return fmt.Sprintf("%.4g %s", v/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", v/1e-9)
}
