package main

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
)

// picture has the points that stay in black, and others the brighter the longer
// they stay.
func picture(p plane, counts []int32, most int) image.Image {
	img := image.NewGray(image.Rect(0, 0, p.width, p.height))
	for i, n := range counts {
		if int(n) < most {
			share := math.Log1p(float64(n)) / math.Log1p(float64(most))
			img.SetGray(i%p.width, i/p.width, color.Gray{Y: uint8(40 + 215*share)})
		}
	}
	return img
}

// store writes the picture to a file that is not there yet.
func store(path string, p plane, counts []int32, most int) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = errors.Join(png.Encode(file, picture(p, counts, most)), file.Close())
	if err != nil {
		os.Remove(path)
	}
	return err
}
