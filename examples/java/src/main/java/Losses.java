import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The losses of a batch, by java.net.http and Jackson: cd examples/java && mvn -q compile exec:java */
public final class Losses {
    private static final String URL =
            Objects.requireNonNullElse(System.getenv("LOSSD_URL"), "http://127.0.0.1:8080");
    private static final int ATTEMPTS = 4;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    // JSON has no infinite numbers. They are strings, both ways, which is Jackson's own way for a double.
    private static final ObjectMapper JSON = new ObjectMapper();

    record Batch(double[][] logits, int[] labels, List<String> outputs) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Reply(double loss, double[] losses) {}

    /** Every reply that is no success. Its detail names the field, its value and the bound. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Problem(int status, String code, String detail) {}

    static final class ProblemException extends IOException {
        ProblemException(Problem problem) {
            super("%d %s: %s".formatted(problem.status(), problem.code(), problem.detail()));
        }
    }

    static Reply compute(String loss, Batch batch) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(URL + "/v1/losses/" + loss))
                .timeout(Duration.ofMinutes(1))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(batch)))
                .build();
        for (int attempt = 1; ; attempt++) {
            HttpResponse<byte[]> response = CLIENT.send(request, BodyHandlers.ofByteArray());
            int status = response.statusCode();
            if (status == 200) {
                return JSON.readValue(response.body(), Reply.class);
            }
            // A 413 (too large) or a 422 (not allowed) stays what it is. After a 429 (the queue is full) or a 503
            // (starting or stopping) the service says when to ask again.
            boolean busy = status == 429 || status == 503;
            if (!busy || attempt == ATTEMPTS) {
                throw new ProblemException(JSON.readValue(response.body(), Problem.class));
            }
            Thread.sleep(1000 * response.headers().firstValueAsLong("retry-after").orElse(1));
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        double[][] logits = {{2.0, 1.0, 0.1}, {0.5, Double.NEGATIVE_INFINITY, -1.0}};
        try {
            Reply reply = compute("cross_entropy", new Batch(logits, new int[] {1, 1}, List.of("losses")));
            for (int row = 0; row < reply.losses().length; row++) {
                System.out.println("row " + row + ": " + reply.losses()[row]);
            }
            System.out.println("mean: " + reply.loss());
        } catch (IOException error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }
}
