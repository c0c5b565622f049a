// The requests in the file that is named, through the client that openapi-generator makes for OkHttp and Gson. Gson makes
// each model by its constructor, and gives it what the request has: whatever else it holds is the generator's.
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.JSON;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Main {
  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient().setBasePath(System.getenv("LOSSD_URL"));
    for (JsonElement entry : JsonParser.parseString(Files.readString(Path.of(arguments[0]))).getAsJsonArray()) {
      JsonArray pair = entry.getAsJsonArray();
      try {
        RealReply loss = ask(client, pair.get(0).getAsString(), pair.get(1));
        System.out.println("200 " + (loss == null ? "none" : loss.getActualInstance()));
      } catch (ApiException error) {
        System.out.println(error.getCode());
      }
    }
    client.getHttpClient().connectionPool().evictAll();
    System.exit(0);
  }

  static RealReply ask(ApiClient client, String loss, JsonElement request) throws ApiException {
    switch (loss) {
      case "cross_entropy":
        return new CrossEntropyApi(client)
            .computeCrossEntropy(JSON.getGson().fromJson(request, CrossEntropyRequest.class)).getLoss();
      case "mse":
        return new MseApi(client)
            .computeMse(JSON.getGson().fromJson(request, MseRequest.class)).getLoss();
      case "binary_cross_entropy":
        return new BinaryCrossEntropyApi(client)
            .computeBinaryCrossEntropy(JSON.getGson().fromJson(request, BinaryCrossEntropyRequest.class)).getLoss();
      case "kl_divergence":
        return new KlDivergenceApi(client)
            .computeKlDivergence(JSON.getGson().fromJson(request, KlDivergenceRequest.class)).getLoss();
      case "softmax_focal":
        return new SoftmaxFocalApi(client)
            .computeSoftmaxFocal(JSON.getGson().fromJson(request, SoftmaxFocalRequest.class)).getLoss();
      default:
        throw new IllegalArgumentException(loss);
    }
  }
}
