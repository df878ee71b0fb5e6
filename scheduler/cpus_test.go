package scheduler

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLeastCPUs: the smallest limit decides, and all that were found are said.
func TestLeastCPUs(t *testing.T) {
	type env map[string]string
	for name, c := range map[string]struct {
		mask  float64
		quota float64
		env   env
		procs int
		want  string
	}{
		"mask":                      {mask: 64, procs: 64, want: "64 CPUs (affinity mask)"},
		"mask of one":               {mask: 1, procs: 1, want: "1 CPU (affinity mask)"},
		"quota":                     {mask: 64, quota: 4, procs: 4, want: "4 CPUs (cgroup quota; 64 by affinity mask)"},
		"quota is rounded up":       {mask: 64, quota: 1.5, procs: 2, want: "2 CPUs (cgroup quota of 1.5; 64 by affinity mask)"},
		"quota below the runtime's": {mask: 64, quota: 1, procs: 2, want: "1 CPU (cgroup quota; 64 by affinity mask)"},
		"quota of a part of a CPU":  {mask: 1, quota: 0.25, procs: 1, want: "1 CPU (cgroup quota of 0.25; 1 by affinity mask)"},
		"quota of the least":        {mask: 8, quota: 0.001, procs: 2, want: "1 CPU (cgroup quota of 0.001; 8 by affinity mask)"},
		"quota that is endless":     {mask: 8, quota: 1.0 / 3, procs: 2, want: "1 CPU (cgroup quota of 0.333; 8 by affinity mask)"},
		"quota beyond the mask":     {mask: 8, quota: 12.5, procs: 8, want: "8 CPUs (affinity mask; 12.5 by cgroup quota)"},
		"quota equal to the mask":   {mask: 8, quota: 8, procs: 8, want: "8 CPUs (affinity mask; 8 by cgroup quota)"},
		"quota of an ancestor, which the runtime does not see": {
			mask: 64, quota: 3, procs: 64, want: "3 CPUs (cgroup quota; 64 by affinity mask)"},

		"GOMAXPROCS":                {mask: 64, procs: 6, want: "6 CPUs (GOMAXPROCS; 64 by affinity mask)"},
		"GOMAXPROCS below quota":    {mask: 64, quota: 7.5, procs: 6, want: "6 CPUs (GOMAXPROCS; 7.5 by cgroup quota; 64 by affinity mask)"},
		"GOMAXPROCS beyond quota":   {mask: 64, quota: 7.5, procs: 9, want: "8 CPUs (cgroup quota of 7.5; 64 by affinity mask)"},
		"GOMAXPROCS beyond all":     {mask: 4, procs: 100, want: "4 CPUs (affinity mask)"},
		"GOMAXPROCS and batch":      {mask: 64, env: env{"NSLOTS": "3"}, procs: 6, want: "3 CPUs (NSLOTS; 6 by GOMAXPROCS; 64 by affinity mask)"},
		"GOMAXPROCS equal to batch": {mask: 64, env: env{"NSLOTS": "3"}, procs: 3, want: "3 CPUs (NSLOTS; 3 by GOMAXPROCS; 64 by affinity mask)"},

		"Slurm":              {mask: 64, env: env{"SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "2"}, procs: 64, want: "4 CPUs (SLURM_CPUS_PER_TASK; 64 by affinity mask)"},
		"Slurm, whole node":  {mask: 64, env: env{"SLURM_CPUS_ON_NODE": "16"}, procs: 64, want: "16 CPUs (SLURM_CPUS_ON_NODE; 64 by affinity mask)"},
		"Slurm, not smaller": {mask: 4, env: env{"SLURM_CPUS_PER_TASK": "4"}, procs: 4, want: "4 CPUs (affinity mask; 4 by SLURM_CPUS_PER_TASK)"},
		"Slurm, larger":      {mask: 4, env: env{"SLURM_CPUS_PER_TASK": "72"}, procs: 4, want: "4 CPUs (affinity mask; 72 by SLURM_CPUS_PER_TASK)"},
		"Slurm and quota":    {mask: 64, quota: 3.5, env: env{"SLURM_CPUS_PER_TASK": "3"}, procs: 4, want: "3 CPUs (SLURM_CPUS_PER_TASK; 3.5 by cgroup quota; 64 by affinity mask)"},
		"PBS":                {mask: 64, env: env{"NCPUS": "12"}, procs: 64, want: "12 CPUs (NCPUS; 64 by affinity mask)"},
		"Torque":             {mask: 64, env: env{"PBS_NUM_PPN": "12"}, procs: 64, want: "12 CPUs (PBS_NUM_PPN; 64 by affinity mask)"},
		"PBS, both":          {mask: 64, env: env{"NCPUS": "12", "PBS_NUM_PPN": "1"}, procs: 64, want: "12 CPUs (NCPUS; 64 by affinity mask)"},
		"Grid Engine":        {mask: 64, env: env{"NSLOTS": "12"}, procs: 64, want: "12 CPUs (NSLOTS; 64 by affinity mask)"},
		"LSF":                {mask: 64, env: env{"LSB_DJOB_NUMPROC": " 12\n"}, procs: 64, want: "12 CPUs (LSB_DJOB_NUMPROC; 64 by affinity mask)"},
		"one in the other":   {mask: 64, env: env{"NSLOTS": "12", "SLURM_CPUS_PER_TASK": "20"}, procs: 64, want: "12 CPUs (NSLOTS; 20 by SLURM_CPUS_PER_TASK; 64 by affinity mask)"},

		"OpenMP is not looked at": {mask: 8, env: env{"OMP_NUM_THREADS": "1"}, procs: 8, want: "8 CPUs (affinity mask)"},
		"no number in the former": {mask: 64, env: env{"SLURM_CPUS_PER_TASK": "72(x2)", "SLURM_CPUS_ON_NODE": "16"}, procs: 64,
			want: "16 CPUs (SLURM_CPUS_ON_NODE; 64 by affinity mask)"},
		"no numbers": {mask: 8, env: env{"SLURM_CPUS_PER_TASK": "72(x2)", "NCPUS": "-3", "PBS_NUM_PPN": "0", "NSLOTS": "undefined",
			"LSB_DJOB_NUMPROC": "99999999999999999999"}, procs: 8, want: "8 CPUs (affinity mask)"},
	} {
		t.Run(name, func(t *testing.T) {
			got := leastCPUs(CPUBound{"affinity mask", c.mask}, c.quota, func(name string) string { return c.env[name] }, c.procs)
			require.Equal(t, c.want, got.String())
			require.Equal(t, got.Found[0].By, got.By)
		})
	}
}

// TestCPULimitMadeByHand prints what there is.
func TestCPULimitMadeByHand(t *testing.T) {
	require.Equal(t, "0 CPUs", CPULimit{}.String())
	require.Equal(t, "3 CPUs (a licence)", CPULimit{Count: 3, By: "a licence"}.String())
}

// withoutBatch hides that the tests themselves may run in a batch job.
func withoutBatch(t *testing.T) {
	for _, names := range batchVariables {
		for _, name := range names {
			t.Setenv(name, "")
		}
	}
}

// TestEngineTakesTheBatchSystemsCPUs: an engine without a number of workers has
// as many as the job may use, at the time it is made.
func TestEngineTakesTheBatchSystemsCPUs(t *testing.T) {
	withoutBatch(t)
	byBatch := CPUBound{"SLURM_CPUS_PER_TASK", 1}
	require.NotContains(t, CPUs().Found, byBatch)
	t.Setenv("SLURM_CPUS_PER_TASK", "1")
	require.Contains(t, CPUs().Found, byBatch)
	require.Equal(t, 1, CPUs().Count)

	e, err := New(Options{})
	require.NoError(t, err)
	require.Equal(t, 1, e.options.Workers)
	require.NoError(t, e.Close())
}

// TestCPUsFollowGOMAXPROCS that the program sets.
func TestCPUsFollowGOMAXPROCS(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	require.Equal(t, 1, CPUs().Count)
}
