// Copyright 2020 Foo. All rights reserved.

//go:build linux

// Package shapes draws [Circle]s.
//
// # Usage
//
// Call it:
//
//	c := shapes.New(1)
//	c.Area()
//
// A list:
//   - one [Circle.Area]
//     goes on
//   - two
//
// Numbered:
//  1. a
//  2. b
package shapes

import "fmt"

// Circle is round.
type Circle[T any] struct {
	// Radius in meters.
	Radius float64 // trailing
	// hidden
	x int
	Y, Z int
}

// New makes a [Circle].
//
//go:noinline
func New(r float64) (*Circle[int], error) { return nil, nil }

// Area is the area.
func (c *Circle[T]) Area(
	unit string,
	scale float64, // by
) float64 {
	return 0
}

// area hidden
func (c *circle) Area() {}

// lower is hidden.
func lower() {}

// not adjacent

func Bare() {}

// Colors of shapes.
const (
	Red = iota
	Green
	blue
)

// Modes.
const (
	// ModeA is a.
	ModeA = 1
	ModeB = 2
)

// Err is an error.
var Err = fmt.Errorf("x")

type (
	// Shape is an interface.
	Shape interface {
		// Area of it.
		Area() float64
		fmt.Stringer
	}
	// ID is an id.
	ID = string
)

/*
Block doc of F.

	code here
*/
func F() {}
