// The requests in the file that is named, through the client that openapi-generator makes for java.net.http. Each model is
// made by its constructor, and given what the request has: whatever else it holds is the generator's.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Main {
  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("LOSSD_URL"));
    for (JsonNode entry : new ObjectMapper().readTree(Path.of(arguments[0]).toFile())) {
      try {
        RealReply loss = ask(client, entry.get(0).asText(), entry.get(1));
        System.out.println("200 " + (loss == null ? "none" : loss.getActualInstance()));
      } catch (ApiException error) {
        System.out.println(error.getCode());
      }
    }
  }

  static RealReply ask(ApiClient client, String loss, JsonNode request) throws Exception {
    ObjectMapper mapper = client.getObjectMapper();
    switch (loss) {
      case "cross_entropy":
        return new CrossEntropyApi(client)
            .computeCrossEntropy(mapper.readerForUpdating(new CrossEntropyRequest()).readValue(request)).getLoss();
      case "mse":
        return new MseApi(client)
            .computeMse(mapper.readerForUpdating(new MseRequest()).readValue(request)).getLoss();
      case "binary_cross_entropy":
        return new BinaryCrossEntropyApi(client)
            .computeBinaryCrossEntropy(mapper.readerForUpdating(new BinaryCrossEntropyRequest()).readValue(request)).getLoss();
      case "kl_divergence":
        return new KlDivergenceApi(client)
            .computeKlDivergence(mapper.readerForUpdating(new KlDivergenceRequest()).readValue(request)).getLoss();
      case "softmax_focal":
        return new SoftmaxFocalApi(client)
            .computeSoftmaxFocal(mapper.readerForUpdating(new SoftmaxFocalRequest()).readValue(request)).getLoss();
      default:
        throw new IllegalArgumentException(loss);
    }
  }
}
