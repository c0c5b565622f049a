// Refusals that end the search: each says what to send in place of what other libraries take.
import { afterAll, beforeAll, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { type ProblemReply, post, type Service, startService } from "../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test.each<[what: string, loss: string, body: string, says: string]>([
  ["null for a number", "mse", '{"logits":[null],"labels":[1]}', '"Infinity" or "-Infinity"'],
  ["null for a tensor", "mse", '{"logits":null,"labels":[1]}', '"Infinity" or "-Infinity"'],
  ["null for an option", "mse", '{"logits":[1],"labels":[1],"mean_over":null}', "leave the field out"],
  ["null for a reduction", "mse", '{"logits":[1],"labels":[1],"reduction":null}', '"none" is without a reduction'],
  ["-inf", "cce", '{"logits":[["-inf",1]],"labels":[1]}', 'it is "-Infinity" here'],
  ["+Infinity", "cce", '{"logits":[["+Infinity",1]],"labels":[1]}', 'it is "Infinity" here'],
  ["nan", "cce", '{"logits":[["nan",1]],"labels":[1]}', 'it is "NaN" here'],
  ["a bare Infinity", "cce", '{"logits":[[Infinity,1]],"labels":[1]}', ': "Infinity"'],
  ["a bare -Infinity", "cce", '{"logits":[[-Infinity,1]],"labels":[1]}', ': "-Infinity"'],
  ["a bare inf", "cce", '{"logits":[[1,-inf]],"labels":[1]}', ': "-Infinity"'],
  ["a bare NaN", "cce", '{"logits":[[NaN,1]],"labels":[1]}', ': "NaN", allowed only where the example is ignored'],
  ["a number in quotes", "mse", '{"logits":["1.5"],"labels":[1]}', "leave the quotes out"],
  ["an option in quotes", "focal", '{"logits":[1],"labels":[1],"gamma":"2"}', "leave the quotes out"],
  ["a Boolean for a number", "bce", '{"logits":[1],"labels":[true]}', "send 1 or 0"],
  ["a number for a Boolean", "bce", '{"logits":[1],"labels":[1],"mask":[1]}', "1 is true and 0 false"],
  ["a body encoded twice", "mse", JSON.stringify('{"logits":[1],"labels":[1]}'), "it was encoded twice"],
  ["a tensor encoded twice", "mse", '{"logits":"[1]","labels":[1]}', "it was encoded twice"],
  ["hinge labels 0 and 1", "hinge", '{"logits":[1,2],"labels":[1,0]}', '"label_encoding": "binary"'],
  [
    "hinge labels -1 and 1, said to be 0 and 1",
    "squared_hinge",
    '{"logits":[1],"labels":[-1],"label_encoding":"binary"}',
    '"label_encoding": "signed"',
  ],
  ["class -1", "cce", '{"logits":[[1,2]],"labels":[-1]}', '"ignore_index": -1'],
  ["class 255", "cce", '{"logits":[[1,2]],"labels":[255]}', '"ignore_index": 255'],
  ["class 255 of a loss without it", "softmax_focal", '{"logits":[[1,2]],"labels":[255]}', "false in mask"],
  ["classes from 1", "cce", '{"logits":[[1,2]],"labels":[2]}', "the first class has the index 0"],
  ["label 255 of two classes", "bce", '{"logits":[1],"labels":[255]}', "false in mask"],
  ["label -1 for 0", "bce", '{"logits":[1],"labels":[-1]}', "send 0 for -1"],
  ["a row without a class", "cce", '{"logits":[[1,2]],"labels":[[0,0]]}', "false in mask"],
  [
    "batchmean",
    "kl_div",
    '{"logits":[[1,2]],"labels":[[0.5,0.5]],"reduction":"batchmean"}',
    '"mean" divides by the rows',
  ],
  ["Keras's mean", "mse", '{"logits":[1],"labels":[1],"reduction":"sum_over_batch_size"}', 'it is "mean" here'],
  ["channels first", "cce", '{"logits":[[[1,2],[3,4],[5,6]]],"labels":[[0,2]]}', '"class_axis": 1'],
  ["labels [N, 1]", "cce", '{"logits":[[1,2],[3,4]],"labels":[[0],[1]]}', "fit in shape [2]"],
  ["logits [N, 1]", "bce", '{"logits":[[1],[2]],"labels":[0,1]}', "fit in shape [2, 1]"],
  ["a weight a row", "bce", '{"logits":[[1,2],[3,4]],"labels":[[1,0],[0,1]],"sample_weights":[1,2]}', "repeat each"],
  ["a soft label", "focal", '{"logits":[1],"labels":[0.3]}', "binary_cross_entropy"],
  ["second derivatives", "cce", '{"logits":[[1,2]],"labels":[1],"outputs":["hessians"]}', "second derivatives"],
  ["a part of the decomposition", "cce", '{"logits":[[1,2]],"labels":[1],"outputs":["entropy"]}', "decomposition"],
  ["full", "poisson_nll", '{"logits":[1],"labels":[1],"full":true}', "Stirling's term"],
  ["log_input", "poisson_nll", '{"logits":[1],"labels":[1],"log_input":false}', "send its logarithm"],
  ["a list of pos_weight", "bce", '{"logits":[1],"labels":[1],"pos_weight":[2]}', "as sample_weights"],
  ["probabilities of a divergence", "jsd", '{"probabilities":[[1,0]],"labels":[[1,0]]}', "send ln p as logits"],
  ["probabilities of hinge", "hinge", '{"probabilities":[1],"labels":[1]}', "takes logits only"],
  ["from_logits", "bce", '{"logits":[1],"labels":[1],"from_logits":false}', "probabilities are a field"],
  ["weight", "cce", '{"logits":[[1,2]],"labels":[1],"weight":[1,2]}', "class_weights here"],
  ["weight without classes", "mse", '{"logits":[1],"labels":[1],"weight":[1]}', "sample_weights here"],
  ["targets", "mse", '{"logits":[1],"targets":[1]}', "they are labels here"],
  ["another writing", "cce", '{"logits":[[1,2]],"labels":[1],"ignoreIndex":1}', "did you mean ignore_index?"],
  [
    "a letter too few of a name that another one begins",
    "cce",
    '{"logits":[[1,2]],"labels":[1],"label_smothing":0.1}',
    "did you mean label_smoothing?",
  ],
  ["a letter too few", "focal", '{"logits":[1],"labels":[1],"gama":1}', "did you mean gamma?"],
  ["a library's other name", "mse", '{"logits":[1],"labels":[1],"preset":"torch"}', "did you mean pytorch?"],
  ["a preset with a slip", "mse", '{"logits":[1],"labels":[1],"preset":"kears"}', "did you mean keras?"],
  ["an output's beginning", "mse", '{"logits":[1],"labels":[1],"outputs":["grad"]}', "did you mean gradients?"],
  ["one output", "mse", '{"logits":[1],"labels":[1],"outputs":"losses"}', 'send a list: ["losses"]'],
  ["smooth_l1 without a curve", "smooth_l1", '{"logits":[1],"labels":[1],"beta":0}', "the loss is l1"],
])("%s is refused by what to send instead", async (_what, loss, body, says) => {
  const response = await post(service, loss, body);
  const { detail } = (await response.json()) as ProblemReply;
  expect([400, 422]).toContain(response.status);
  expect(detail).toContain(says);
});

test.each([
  ["an input", { inputs: [{ name: "targets", shape: [1], datatype: "FP64", data: [1] }] }, "they are labels here"],
  ["a parameter", { parameters: { reducton: "sum" }, inputs: [] }, "did you mean reduction?"],
  ["an output", { inputs: [], outputs: [{ name: "gradient" }] }, "did you mean gradients?"],
])("of the Open Inference Protocol, %s with another name is refused by its own", async (_what, request, says) => {
  const init = { method: "POST", body: JSON.stringify(request) };
  const response = await fetch(`${service.url}/v2/models/mse/infer`, init);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(says)]);
});

test("a name that is near no other has no neighbour, and the list of names", async () => {
  const response = await post(service, "mse", '{"logits":[1],"labels":[1],"xyzzy":1}');
  const { detail } = (await response.json()) as ProblemReply;
  expect(detail).toMatch(/^\/xyzzy: is no field of this loss: it takes logits, labels, /);
});

test.each([
  ["crossentropy", "did you mean cross_entropy?"],
  ["CrossEntropyLoss", "did you mean cross_entropy?"],
  ["BCEWithLogitsLoss", "did you mean bce?"],
  ["KLDivLoss", "did you mean kl_div?"],
  ["hubert", "did you mean huber?"],
  ["nll_loss", "log-probabilities as logits"],
  ["rmse", "its square is mse"],
])("the unknown loss %s is answered by the one that was meant, and all with their aliases", async (name, says) => {
  for (const path of [`/v1/losses/${name}`, `/v1/losses/${name}/curve`, `/v2/models/${name}`]) {
    const response = await fetch(service.url + path);
    const text = await response.text();
    expect(response.status).toBe(404);
    expect(text).toContain(says);
    for (const { name, aliases } of losses) for (const one of [name, ...aliases]) expect(text).toContain(one);
  }
});

test.each([
  ["GET", "/v1/losses/"],
  ["GET", "/v1/losses/mse/"],
  ["GET", "/v1/losses/mse/curve/?from=0"],
  ["POST", "/v1/losses/mse/"],
  ["POST", "/v1/losses/mean_squared_error/"],
  ["GET", "/v2/"],
  ["GET", "/v2/models/mse/"],
  ["GET", "/health/ready/"],
  ["GET", "/openapi.json/"],
])("%s %s is answered as without its last slash", async (method, path) => {
  const init =
    method === "POST"
      ? { method, headers: { "content-type": "application/json" }, body: '{"logits":[1],"labels":[3]}' }
      : {};
  const [slash, plain] = await Promise.all(
    [path, path.replace(/\/(?=\?|$)/, "")].map((one) => fetch(service.url + one, init)),
  );
  expect([slash!.status, await slash!.text()]).toEqual([200, await plain!.text()]);
});

test("a method that is not allowed is told so with a slash at the end too", async () => {
  const response = await fetch(`${service.url}/v1/losses/mse/curve/`, { method: "DELETE" });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("a path below a loss that is not there names no loss as missing", async () => {
  const response = await fetch(`${service.url}/v1/losses/mse/plot`);
  expect((await response.json()) as ProblemReply).toMatchObject({ status: 404, code: "not_found" });
});
