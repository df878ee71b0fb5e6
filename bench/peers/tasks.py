"""Tasks on Python's pools: many calls of pure Python functions. Two workers everywhere.

    python tasks.py [--runs N] [--case REGEXP] [--scale F] [--json FILE] [--go FILE]

Prints a markdown table; --json also writes all samples to a file. --go takes what bench/tasks writes with -json and puts its plain loop
and Gabion's Map for the same work beside. Sizes are times F (default 1); each technique runs once to warm up and then N times (default 3),
in turn; medians, and speed-ups against the plain loop round by round.

Workloads  (the same in bench/tasks)
  primes      is each number below 1,000,000 a prime: by 2 and odd divisors up to its root; one call for each number
  mandelbrot  1000 x 1000 points from -2 - 1.25i to 0.5 + 1.25i, at most 100 iterations; one call for each row
  pi          10,000,000 random points, how many are in the circle; 100 calls, each with a generator of its own
  countdown   20 calls that count from 10,000,000 down to 0
  fib         Fibonacci numbers 31 down to 25 by recursion, 4 times in a row: 28 calls of very different lengths, the longest first (in
              rising order the last call alone keeps the speed-up of two workers at 1.6)
Overhead   (an empty function, time per call)
  empty       100,000 calls
Techniques
  loop        [f(v) for v in inputs]
  executor    concurrent.futures.ProcessPoolExecutor.map with a chunksize for the workload: about 64 chunks, 1 for long calls
  chunksize1  the same with chunksize=1, the default        (empty only)
  submit      executor.submit for all, then result of each  (empty only)
  in turn     executor.submit and result, one after another (empty only)
  joblib      joblib.Parallel(n_jobs=2), with processes, batches chosen by it
The pools exist and are warm: their start is not counted.
"""
import argparse
import json
import math
import platform
import random
import re
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import joblib

WORKERS = 2


def is_prime(n):
    if n < 2:
        return False
    if n % 2 == 0:
        return n == 2
    d = 3
    while d * d <= n:
        if n % d == 0:
            return False
        d += 2
    return True


def mandelbrot_row(row, side):
    counts = []
    ci = -1.25 + 2.5 * row / side
    for col in range(side):
        cr = -2 + 2.5 * col / side
        zr = zi = 0.0
        n = 0
        while n < 100:
            rr, ii = zr * zr, zi * zi
            if rr + ii > 4:
                break
            zr, zi = rr - ii + cr, 2 * zr * zi + ci
            n += 1
        counts.append(n)
    return counts


def points_in_circle(seed, points):
    rng = random.Random(seed)
    inside = 0
    for _ in range(points):
        x, y = rng.random(), rng.random()
        if x * x + y * y < 1:
            inside += 1
    return inside


def count_down(n):
    while n > 0:
        n -= 1
    return n


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def empty(_):
    return None


def times(n, scale):
    return max(1, round(n * scale))


def workloads(scale):
    """Name: function, inputs, chunksize."""
    side = times(1000, math.sqrt(scale))
    more = round(math.log(scale, (1 + math.sqrt(5)) / 2))
    fibs = list(range(max(7, 31 + more), max(1, 25 + more) - 1, -1)) * 4

    def chunk(inputs):
        return max(1, len(inputs) // 64)

    numbers, rows = range(times(1_000_000, scale)), range(side)
    return {
        "primes": (is_prime, numbers, chunk(numbers)),
        "mandelbrot": (partial(mandelbrot_row, side=side), rows, chunk(rows)),
        "pi": (partial(points_in_circle, points=times(100_000, scale)), range(100), 1),
        "countdown": (count_down, [times(10_000_000, scale)] * 20, 1),
        "fib": (fibonacci, fibs, 1),
    }


def submit_all(executor, f, inputs):
    futures = [executor.submit(f, v) for v in inputs]
    return [future.result() for future in futures]


def techniques(case, f, inputs, chunksize, executor, parallel):
    """Name: a function without arguments that does the work."""
    out = {"loop": lambda: [f(v) for v in inputs]}
    if case == "empty":
        out["chunksize1"] = lambda: list(executor.map(f, inputs, chunksize=1))
        out["submit"] = lambda: submit_all(executor, f, inputs)
        out["in turn"] = lambda: [executor.submit(f, v).result() for v in inputs]
    else:
        out["executor"] = lambda: list(executor.map(f, inputs, chunksize=chunksize))
    out["joblib"] = lambda: parallel(joblib.delayed(f)(v) for v in inputs)
    return out


def measure(ways, runs):
    """Seconds of each round by technique; the results have to be those of the loop."""
    samples = {name: [] for name in ways}
    expected = None
    for round_ in range(-1, runs):
        for name, work in ways.items():
            begun = time.perf_counter()
            result = work()
            took = time.perf_counter() - begun
            if expected is None:
                expected = result
            if result != expected:
                raise SystemExit(f"{name}: the results are not those of the loop")
            if round_ >= 0:
                samples[name].append(took)
    return samples


def rows_of(case, calls, samples):
    return [{
        "Case": case, "Technique": f"Python {name}", "Calls": calls, "Samples": s, "Median": statistics.median(s), "Min": min(s), "Max": max(s),
        "PerCall": statistics.median(s) / calls, "SpeedUp": statistics.median(a / b for a, b in zip(samples["loop"], s)),
    } for name, s in samples.items()]


def rows_of_go(path):
    """The plain loop and Gabion's Map of the workloads, of what bench/tasks wrote."""
    with open(path) as file:
        report = json.load(file)
    found = {}
    for result in report["Results"]:
        case = result["Case"].removeprefix("work/")
        found[case] = [{"Case": case, "SpeedUp": row["Ratios"]["speed-up"], **{k: row[k] for k in ("Calls", "Samples", "Median", "Min", "Max", "PerCall")},
                        "Technique": "Go " + row["Technique"]} for row in result["Rows"] if row["Technique"] in ("plain loop", "Gabion Map")]
    return report["Machine"], found


def quantity(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def cpu():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--case", default="")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--json")
    parser.add_argument("--go")
    args = parser.parse_args()
    if args.runs < 1 or args.scale <= 0:
        parser.error("--runs takes 1 or more, --scale a number above 0")

    machine = f"{cpu()}, Python {platform.python_version()}, joblib {joblib.__version__}, {WORKERS} workers; one warm-up, then {args.runs} rounds"
    if args.scale != 1:
        machine += f"; sizes times {args.scale}: not for comparison"
    print(machine)
    beside = {}
    if args.go:
        go, beside = rows_of_go(args.go)
        if go["Scale"] != args.scale:
            parser.error(f"--go: sizes there are times {go['Scale']}, here {args.scale}")
        print(f"{go['Cores']} cores, {go['CPU']}, {go['Go']}, {go['System']}; one warm-up, then {go['Rounds']} rounds")

    work = workloads(args.scale) | {"empty": (empty, range(times(100_000, args.scale)), 1)}
    print("\n| case | technique | calls | median | min | max | per call | speed-up |\n|---|---|---|---|---|---|---|---|")
    all_rows = []
    with ProcessPoolExecutor(WORKERS) as executor, joblib.Parallel(n_jobs=WORKERS) as parallel:
        for case, (f, inputs, chunksize) in work.items():
            if not re.search(args.case, case):
                continue
            rows = rows_of(case, len(inputs), measure(techniques(case, f, inputs, chunksize, executor, parallel), args.runs))
            for r in rows + beside.get(case, []):
                times_ = " | ".join(quantity(r[k]) for k in ("Median", "Min", "Max", "PerCall"))
                print(f"| {r['Case']} | {r['Technique']} | {r['Calls']} | {times_} | {r['SpeedUp']:.3g} |", flush=True)
                all_rows.append(r)
    if not all_rows:
        parser.error("--case selects none of the cases")
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"Machine": machine, "Rows": all_rows}, file, indent=1)


if __name__ == "__main__":
    main()
