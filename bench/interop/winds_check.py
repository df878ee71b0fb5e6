"""Compares the main job of the README with NumPy: python bench/interop/winds_check.py, from the root of the repository.

Runs gabion eval on the winds of examples/data, opens the store with zarr-python, and compares it with the mean in
float64, rounded to float32. Needs go, numpy, zarr 3 and netCDF4.
"""
import os
import subprocess
import sys
import tempfile

import netCDF4
import numpy as np
import zarr

DATA = "examples/data/monthly_navy_winds.nc"


def main():
    with netCDF4.Dataset(DATA) as file:
        variable = file["UWND"]
        names, units, long_name = variable.dimensions, variable.units, variable.long_name
        wind = np.ma.filled(variable[...].astype("f8"), np.nan)
    want = (wind - wind.mean(axis=0).astype("f4")).astype("f4")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "anomaly.zarr")
        subprocess.run(["go", "run", "./cmd/gabion", "eval", 'UWND - mean(UWND, "TIME")', "--in", DATA, "--out", out], check=True)
        got = zarr.open_array(out, mode="r")
        assert got.dtype == "float32" and got.shape == want.shape, (got.dtype, got.shape)
        assert got.metadata.dimension_names == names, got.metadata.dimension_names
        attrs = dict(got.attrs)
        assert attrs["units"] == units and attrs["long_name"] == long_name, attrs
        off = np.abs(got[...].astype("f8") - want).max()
        assert off <= 1e-6, off
        print(f"zarr {zarr.__version__} opens {got.shape} {names}, {attrs}; at most {off:g} from NumPy in float64")


if __name__ == "__main__":
    sys.exit(main())
