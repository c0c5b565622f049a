// The losses of a batch, by Go's standard library alone: cd examples/go && go run ./losses
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"
)

const attempts = 4

// Real is a float64 that may be infinite: JSON has no number for that, so it is a string, both ways.
type Real float64

func (r Real) MarshalJSON() ([]byte, error) {
	switch number := float64(r); {
	case math.IsInf(number, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(number, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return json.Marshal(number)
	}
}

func (r *Real) UnmarshalJSON(data []byte) error {
	number, err := strconv.ParseFloat(string(bytes.Trim(data, `"`)), 64)
	*r = Real(number)
	return err
}

type batch struct {
	Logits  [][]Real `json:"logits"`
	Labels  []int    `json:"labels"`
	Outputs []string `json:"outputs"`
}

type reply struct {
	Loss   Real   `json:"loss"`
	Losses []Real `json:"losses"`
}

// problem is every reply that is no success. Its detail names the field, its value and the bound.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

func compute(client *http.Client, loss string, b batch) (r reply, err error) {
	url := cmp.Or(os.Getenv("LOSSD_URL"), "http://127.0.0.1:8080") + "/v1/losses/" + loss
	body, err := json.Marshal(b)
	if err != nil {
		return r, err
	}
	for attempt := 1; ; attempt++ {
		response, err := client.Post(url, "application/json", bytes.NewReader(body))
		if err != nil {
			return r, err
		}
		defer response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return r, json.NewDecoder(response.Body).Decode(&r)
		}
		// A 413 (too large) or a 422 (not allowed) stays what it is. After a 429 (the queue is full) or a 503 (starting
		// or stopping) the service says when to ask again.
		busy := response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable
		if !busy || attempt == attempts {
			var p problem
			if err := json.NewDecoder(response.Body).Decode(&p); err != nil {
				return r, fmt.Errorf("%s: %w", response.Status, err)
			}
			return r, p
		}
		seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
		if err != nil {
			seconds = 1
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

func main() {
	log.SetFlags(0)
	r, err := compute(&http.Client{Timeout: time.Minute}, "cross_entropy", batch{
		Logits:  [][]Real{{2, 1, 0.1}, {0.5, Real(math.Inf(-1)), -1}},
		Labels:  []int{1, 1},
		Outputs: []string{"losses"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for row, loss := range r.Losses {
		fmt.Printf("row %d: %v\n", row, float64(loss))
	}
	fmt.Printf("mean: %v\n", float64(r.Loss))
}
