"""Computes x - mean(x, 0) of a field larger than the budget: python bench/interop/memory_check.py, from the root of the repository.

The field is (512, 361, 720) float32 in chunks of (16, 361, 720): 532 MB, 16.6 MB a chunk. The budget is 64 MiB. The whole
process must stay within 64 MiB more than that, which bench/peers/cap.sh enforces where there is root and a memory cgroup;
elsewhere the peak is looked at afterwards. The cgroup counts cached files too, so its limit is a little higher.
Needs go, numpy and zarr 3, and 1.2 GB of disk.
"""
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import zarr

SHAPE, CHUNKS = (512, 361, 720), (16, 361, 720)
BUDGET, PROCESS, GROUP = 64, 128, 160  # MiB
EXPRESSION = "x - mean(x, 0)"


def make(path):
    """Writes the field and returns its mean in float64, rounded to float32."""
    rng = np.random.default_rng(1)
    z = zarr.create_array(path, shape=SHAPE, chunks=CHUNKS, dtype="f4", dimension_names=["time", "lat", "lon"],
                          compressors=zarr.codecs.ZstdCodec(level=1))
    total = np.zeros(SHAPE[1:])
    for i in range(0, SHAPE[0], CHUNKS[0]):
        part = np.round(rng.standard_normal(CHUNKS, dtype="f4") * 24 + 4608) / 16
        z[i:i + CHUNKS[0]] = part
        total += part.sum(axis=0, dtype="f8")
    return (total / SHAPE[0]).astype("f4")


def cgroups():
    """Whether cap.sh can make a memory cgroup here."""
    if os.name != "posix" or os.geteuid() != 0:
        return False
    return subprocess.run(["bench/peers/cap.sh", "64M", "true"], stderr=subprocess.DEVNULL).returncode == 0


def main():
    with tempfile.TemporaryDirectory() as folder:
        field, out, gabion = (os.path.join(folder, name) for name in ("field.zarr", "anomaly.zarr", "gabion"))
        subprocess.run(["go", "build", "-o", gabion, "./cmd/gabion"], check=True)
        mean = make(field)
        command = [gabion, "eval", EXPRESSION, "--in", "x=" + field, "--out", out]

        refused = subprocess.run([*command, "--memory", "1MiB"], capture_output=True, text=True)
        assert refused.returncode == 1 and not os.path.exists(out), refused
        print("with 1MiB:", refused.stderr.strip())
        least = re.search(r"--memory ([0-9.]+[KMG]iB)", refused.stderr).group(1)
        subprocess.run([*command, "--memory", least, "--quiet"], check=True)

        run = [*command, "--memory", f"{BUDGET}MiB", "--quiet", "--overwrite"]
        if cgroups():
            run = ["bench/peers/cap.sh", f"{GROUP}M", *run]
        # What ran before, the compiler, was larger: only a process of its own tells the peak.
        report = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        peak = int(subprocess.run([sys.executable, "-c", report, *run], check=True, stdout=subprocess.PIPE, text=True).stdout)
        peak /= 1024 if sys.platform != "darwin" else 1024 * 1024
        assert peak <= PROCESS, f"{peak:.0f} MiB resident with a budget of {BUDGET} MiB"

        x, got = zarr.open_array(field, mode="r"), zarr.open_array(out, mode="r")
        assert got.shape == SHAPE and got.metadata.dimension_names == ("time", "lat", "lon")
        off = 0.0
        for i in range(0, SHAPE[0], CHUNKS[0]):
            want = x[i:i + CHUNKS[0]] - mean
            off = max(off, float(np.abs(got[i:i + CHUNKS[0]] - want).max()))
        assert off <= 1e-4, off  # an ulp of float32 near 300 is 3e-5
        print(f"{np.prod(SHAPE) * 4 / 1e6:.0f} MB with a budget of {BUDGET} MiB: peak {peak:.0f} MiB resident, at most {off:g} from NumPy")


if __name__ == "__main__":
    sys.exit(main())
