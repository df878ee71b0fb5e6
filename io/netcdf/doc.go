// Package netcdf reads the classic netCDF formats as arrays: CDF-1 (classic),
// CDF-2 (64-bit offset) and CDF-5 (64-bit data).
//
//	file, err := netcdf.Open("winds.nc")           // reads the header only
//	wind, err := file.Variable("UWND")             // a block.Source
//	months, err := file.Coordinate("TIME")         // the variable named as its dimension
//
// The layout is that of the NetCDF Classic Format Specification (Unidata) with
// the 64-bit data extension of PnetCDF: a header, then the variables of fixed
// size one after the other, then the records, each of which holds one record
// of every variable that has the record dimension. Files that were written
// without a number of records (STREAMING) have as many as fit in the file.
//
// A read touches the bytes of the region that is asked for; stretches of up
// to 4 KiB between them are read over rather than skipped.
//
// # Decoding
//
// By default the numbers are those that the CF conventions say a variable
// stands for; [Mask] and [Scale] switch this off.
//
//   - Elements equal to _FillValue or to any element of missing_value become
//     NaN. They are compared as stored, in the variable's own type: a float64
//     attribute of -99.9 matches the float32 nearest to it. An integer variable
//     that declares such a value becomes float32 if it has at most 16 bits, else
//     float64. A fill value that is not declared is not looked for.
//   - scale_factor and add_offset give stored*scale_factor + add_offset, computed
//     in float64. An integer variable becomes float64, or float32 if it has at
//     most 16 bits and the attributes are float32. A float variable keeps its type.
//   - _Unsigned = "true" reads a signed integer as unsigned, "false" the other way.
//
// Attributes that were applied are not among those of the array. valid_min,
// valid_max and valid_range are not applied and stay: they are in stored units.
// Times stay numbers; units and calendar are among the attributes.
//
// # Not covered
//
// NetCDF-4 files, which are HDF5, are recognised and refused. Variables of type
// char hold text and cannot be read as arrays. Nothing is written.
package netcdf
