// The losses of a batch as raw doubles, by the Open Inference Protocol and no SDK: cd examples/go && go run ./binary
package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"
)

const attempts = 4

const headerLength = "Inference-Header-Content-Length"

// tensor is an input, or an output that was asked for or has come.
type tensor struct {
	Name       string         `json:"name"`
	Datatype   string         `json:"datatype,omitempty"`
	Shape      []int          `json:"shape,omitempty"`
	Parameters map[string]any `json:"parameters"`
}

type head struct {
	Inputs  []tensor `json:"inputs,omitempty"`
	Outputs []tensor `json:"outputs"`
}

// input describes data, a slice of numbers, and appends it to the blobs: little-endian, row by row.
func input(blobs *bytes.Buffer, name, datatype string, shape []int, data any) tensor {
	binary.Write(blobs, binary.LittleEndian, data)
	return tensor{name, datatype, shape, map[string]any{"binary_data_size": binary.Size(data)}}
}

func output(name string) tensor {
	return tensor{Name: name, Parameters: map[string]any{"binary_data": true}}
}

// infer posts JSON and right behind it the blobs, and returns the outputs by name: doubles, as the logits are FP64.
func infer(client *http.Client, model string, request head, blobs []byte) (map[string][]float64, error) {
	url := cmp.Or(os.Getenv("LOSSD_URL"), "http://127.0.0.1:8080") + "/v2/models/" + model + "/infer"
	text, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		post, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(append(text, blobs...)))
		if err != nil {
			return nil, err
		}
		post.Header.Set("Content-Type", "application/octet-stream")
		// This is how the service knows where the JSON ends.
		post.Header.Set(headerLength, strconv.Itoa(len(text)))
		response, err := client.Do(post)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		if response.StatusCode == http.StatusOK {
			return split(body, response.Header.Get(headerLength))
		}
		// A 413 (too large) or a 400 (not allowed) stays what it is. After a 429 (the queue is full) or a 503 (starting or
		// stopping) the service says when to ask again.
		busy := response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable
		if !busy || attempt == attempts {
			return nil, fmt.Errorf("%s: %s", response.Status, body)
		}
		seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
		if err != nil {
			seconds = 1
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

// split reads the outputs of a reply whose JSON has that length.
func split(body []byte, length string) (map[string][]float64, error) {
	end, err := strconv.Atoi(length)
	if err != nil {
		return nil, err
	}
	var reply head
	if err := json.Unmarshal(body[:end], &reply); err != nil {
		return nil, err
	}
	results := map[string][]float64{}
	blobs := bytes.NewReader(body[end:])
	for _, output := range reply.Outputs {
		numbers := make([]float64, int(output.Parameters["binary_data_size"].(float64))/8)
		if err := binary.Read(blobs, binary.LittleEndian, numbers); err != nil {
			return nil, err
		}
		results[output.Name] = numbers
	}
	return results, nil
}

func main() {
	log.SetFlags(0)
	var blobs bytes.Buffer
	request := head{
		Inputs: []tensor{
			input(&blobs, "logits", "FP64", []int{2, 3}, []float64{2, 1, 0.1, 0.5, math.Inf(-1), -1}),
			input(&blobs, "labels", "INT64", []int{2}, []int64{1, 1}),
		},
		Outputs: []tensor{output("losses"), output("loss")},
	}
	outputs, err := infer(&http.Client{Timeout: time.Minute}, "cross_entropy", request, blobs.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	for row, loss := range outputs["losses"] {
		fmt.Printf("row %d: %v\n", row, loss)
	}
	fmt.Printf("mean: %v\n", outputs["loss"][0])
}
