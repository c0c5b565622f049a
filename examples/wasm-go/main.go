// Softmax cross-entropy in this process, by lossd's engine: the same bits as the service's.
//
//	go run . ENGINE.wasm BATCH ROWS CLASSES
//
// BATCH is a file of little-endian doubles: ROWS × CLASSES logits, then ROWS class indices. Prints the bits of the mean
// loss, of each row's loss and of each gradient, one a line in hexadecimal. docs/abi.md explains the calls.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"math"
	"os"
	"strconv"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Offsets of a batch's fields, and the size of a batch: docs/abi.md.
const (
	examples    = 0
	classes     = 4
	logits      = 8
	labels      = 12
	losses      = 40
	gradients   = 44
	scratch     = 64
	denominator = 72
	parameters  = 80
	batchBytes  = 160
)

const pageBytes = 65536

// engine is an instance of the module, and the end of what is in use of its memory.
type engine struct {
	ctx    context.Context
	module api.Module
	end    uint32
}

func load(ctx context.Context, file string) (*engine, error) {
	code, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	module, err := wazero.NewRuntime(ctx).Instantiate(ctx, code)
	if err != nil {
		return nil, err
	}
	e := &engine{ctx: ctx, module: module}
	e.end = uint32(e.call("heap_base"))
	return e, nil
}

// call runs an exported function; a trap means that the input broke the contract.
func (e *engine) call(name string, arguments ...uint64) uint64 {
	results, err := e.module.ExportedFunction(name).Call(e.ctx, arguments...)
	if err != nil {
		log.Fatal(err)
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// allocate takes that many zero bytes, 16-aligned.
func (e *engine) allocate(bytes uint32) uint32 {
	address := (e.end + 15) &^ 15
	e.end = address + bytes
	memory := e.module.Memory()
	if e.end > memory.Size() {
		if _, ok := memory.Grow((e.end - memory.Size() + pageBytes - 1) / pageBytes); !ok {
			log.Fatal("the engine's memory cannot grow")
		}
	}
	return address
}

func (e *engine) store(data []byte) uint32 {
	address := e.allocate(uint32(len(data)))
	e.module.Memory().Write(address, data)
	return address
}

func (e *engine) printBits(address, count uint32) {
	data, _ := e.module.Memory().Read(address, 8*count)
	for ; len(data) > 0; data = data[8:] {
		fmt.Printf("%016x\n", binary.LittleEndian.Uint64(data))
	}
}

// check is what the engine leaves to its caller.
func check(data []byte, rows, columns uint32) error {
	if uint64(len(data)) != 8*uint64(rows)*(uint64(columns)+1) {
		return fmt.Errorf("%d bytes are not %d rows of %d logits and a label", len(data), rows, columns)
	}
	for i := uint32(0); i < rows*(columns+1); i++ {
		value := math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		isLabel := i >= rows*columns
		if isLabel && (value != math.Trunc(value) || value < 0 || value >= float64(columns)) {
			return fmt.Errorf("label %v is no class of %d", value, columns)
		}
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return fmt.Errorf("number %d is %v", i, value)
		}
	}
	return nil
}

func (e *engine) crossEntropy(data []byte, rows, columns uint32) {
	count := rows * columns
	fields := map[uint32]uint32{
		examples: rows, classes: columns,
		logits: e.store(data[:8*count]), labels: e.store(data[8*count:]),
		losses: e.allocate(8 * rows), gradients: e.allocate(8 * count), scratch: e.allocate(16 * columns),
	}
	batch := e.allocate(batchBytes)
	sum := e.store(make([]byte, e.call("exact_sum_bytes")))
	memory := e.module.Memory()
	for offset, value := range fields {
		memory.WriteUint32Le(batch+offset, value)
	}
	memory.WriteFloat64Le(batch+denominator, float64(rows))
	memory.WriteFloat64Le(batch+parameters, 0)   // label_smoothing
	memory.WriteFloat64Le(batch+parameters+8, 1) // temperature
	e.call("cross_entropy", uint64(batch), 0, uint64(rows))
	e.call("exact_sum_add", uint64(sum), uint64(fields[losses]), uint64(rows))
	mean := e.call("exact_sum_divide", uint64(sum), api.EncodeF64(float64(rows)))
	fmt.Printf("%016x\n", mean)
	e.printBits(fields[losses], rows)
	e.printBits(fields[gradients], count)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 5 {
		log.Fatal("usage: wasm-go ENGINE.wasm BATCH ROWS CLASSES")
	}
	rows, err := strconv.ParseUint(os.Args[3], 10, 16)
	if err != nil {
		log.Fatal(err)
	}
	columns, err := strconv.ParseUint(os.Args[4], 10, 16)
	if err != nil {
		log.Fatal(err)
	}
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if err := check(data, uint32(rows), uint32(columns)); err != nil {
		log.Fatal(err)
	}
	e, err := load(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	e.crossEntropy(data, uint32(rows), uint32(columns))
}
