package call

import (
	"errors"
	"fmt"
	"sync"

	"gabion/array"
	"gabion/graph"
)

var functions = struct {
	sync.Mutex
	byName map[string]func(x ...array.Array) array.Array
}{byName: make(map[string]func(x ...array.Array) array.Array)}

// Register makes a function of blocks known under a name, to map_blocks in
// expressions and documents. f maps it over arrays, with array.MapBlocks or one of
// its kind, and gives it the same name, so that documents can be written of what it
// makes:
//
//	call.Register("fahrenheit", func(x ...array.Array) array.Array {
//		return array.MapBlocks(fahrenheit, x[0], array.FuncName("fahrenheit"))
//	})
//
// f returns what carries an error where the number of arrays does not suit it. A name
// is registered once.
func Register(name string, f func(x ...array.Array) array.Array) error {
	if name == "" || f == nil {
		return errors.New("register: a function has a name, and is not nil")
	}
	functions.Lock()
	defer functions.Unlock()
	if functions.byName[name] != nil {
		return fmt.Errorf("register: there is a function called %q already", name)
	}
	functions.byName[name] = f
	return nil
}

func mapBlocks(a *arguments) array.Array {
	arrays, name := a.arrays("x"), a.text("name")
	functions.Lock()
	f := functions.byName[name]
	functions.Unlock()
	if f == nil {
		a.fail(graph.NotImplementedError, "name", fmt.Errorf("no function is registered as %q in this program", shortened(name)))
	}
	if a.err != nil {
		return array.Array{}
	}
	return f(arrays...)
}
