// A batch through the client that oapi-codegen makes of openapi-3.0.json; test/clients/generated.sh generates and runs it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
)

// must ends the program at the first error: of a union's alternatives only the right one can be read or written.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// number is what JSON has a number for, or the word for what it has none for.
func number(value any) float64 {
	if word, isWord := value.(string); isWord {
		return must(strconv.ParseFloat(word, 64))
	}
	return value.(float64)
}

func main() {
	log.SetFlags(0)
	client := must(NewClientWithResponses(os.Getenv("LOSSD_URL")))
	var logits Tensor = []any{[]any{2, 1, 0.1}, []any{0.5, NonfiniteMinusInfinity, -1}}
	var labels Tensor = []any{1, 1}
	response := must(client.ComputeCrossEntropyWithResponse(context.Background(), CrossEntropyRequest{
		Logits:  &logits,
		Labels:  labels,
		Outputs: &[]CrossEntropyRequestOutputs{CrossEntropyRequestOutputsLosses},
	}))
	if response.JSON200 == nil {
		var problem Problem
		must(0, json.Unmarshal(response.Body, &problem))
		log.Fatalf("%d %s: %s", problem.Status, problem.Code, problem.Detail)
	}
	for row, loss := range (*response.JSON200.Losses).([]any) {
		fmt.Printf("row %d: %v\n", row, number(loss))
	}
	fmt.Printf("mean: %v\n", number(string(must(response.JSON200.Loss.AsNonfinite()))))
}
