// The requests in the file that is named, through the client that openapi-generator makes for Go. Each model is made by its
// constructor for defaults, and given what the request has: whatever else it holds is the generator's.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"lossd.example/generated/lossd"
)

// Without their methods, the models take single fields from JSON, and keep the others.
type (
	crossEntropy       lossd.CrossEntropyRequest
	mse                lossd.MseRequest
	binaryCrossEntropy lossd.BinaryCrossEntropyRequest
	klDivergence       lossd.KlDivergenceRequest
	softmaxFocal       lossd.SoftmaxFocalRequest
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type reply interface{ GetLoss() lossd.RealReply }

func ask(client *lossd.APIClient, loss string, text []byte) (reply, *http.Response, error) {
	background := context.Background()
	switch loss {
	case "cross_entropy":
		request := lossd.NewCrossEntropyRequestWithDefaults()
		check(json.Unmarshal(text, (*crossEntropy)(request)))
		return client.CrossEntropyAPI.ComputeCrossEntropy(background).CrossEntropyRequest(*request).Execute()
	case "mse":
		request := lossd.NewMseRequestWithDefaults()
		check(json.Unmarshal(text, (*mse)(request)))
		return client.MseAPI.ComputeMse(background).MseRequest(*request).Execute()
	case "binary_cross_entropy":
		request := lossd.NewBinaryCrossEntropyRequestWithDefaults()
		check(json.Unmarshal(text, (*binaryCrossEntropy)(request)))
		return client.BinaryCrossEntropyAPI.ComputeBinaryCrossEntropy(background).BinaryCrossEntropyRequest(*request).Execute()
	case "kl_divergence":
		request := lossd.NewKlDivergenceRequestWithDefaults()
		check(json.Unmarshal(text, (*klDivergence)(request)))
		return client.KlDivergenceAPI.ComputeKlDivergence(background).KlDivergenceRequest(*request).Execute()
	case "softmax_focal":
		request := lossd.NewSoftmaxFocalRequestWithDefaults()
		check(json.Unmarshal(text, (*softmaxFocal)(request)))
		return client.SoftmaxFocalAPI.ComputeSoftmaxFocal(background).SoftmaxFocalRequest(*request).Execute()
	}
	log.Fatalf("no client for %s", loss)
	return nil, nil, nil
}

func main() {
	log.SetFlags(0)
	configuration := lossd.NewConfiguration()
	configuration.Servers = lossd.ServerConfigurations{{URL: os.Getenv("LOSSD_URL")}}
	client := lossd.NewAPIClient(configuration)
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var entries [][2]json.RawMessage
	check(json.Unmarshal(text, &entries))
	for _, entry := range entries {
		var loss string
		check(json.Unmarshal(entry[0], &loss))
		answer, response, err := ask(client, loss, entry[1])
		if err != nil {
			if response == nil || response.StatusCode == http.StatusOK {
				log.Fatal(err)
			}
			fmt.Println(response.StatusCode)
			continue
		}
		told := answer.GetLoss()
		if number := told.Float64; number != nil {
			fmt.Println(200, *number)
		} else {
			fmt.Println("200 none")
		}
	}
}
