// GET /v1/losses/{loss}/curve: the numbers of a POST, and a picture of them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { curveOf, getCurve, postedCurve } from "../harness/curves.js";
import { type ProblemReply, type Service, startService } from "../harness/service.js";
import { answered, stubPool } from "../harness/stub_pool.js";

let service: Service;

beforeAll(async () => {
  service = await startService({ ELEMENTS_MAX: "2001" });
});
afterAll(() => service.stop());

const get = (loss: string, query = "", accept?: string) => getCurve(service, loss, query, accept);

describe("as JSON", () => {
  test.each(losses.map(({ name }) => name))(
    "%s has a curve without a parameter, and its numbers are a POST's",
    async (name) => {
      const curve = await curveOf(service, name);
      expect(curve.name).toBe(name);
      expect(curve.logit).toHaveLength(121);
      expect([curve.logit[0], curve.logit[60], curve.logit[61], curve.logit[120]]).toEqual([-6, 0, 0.1, 6]);
      expect(new Set(curve.losses).size).toBeGreaterThan(10);
      expect(curve).toMatchObject(await postedCurve(service, curve));
    },
  );

  test.each([
    ["focal", "label=0&gamma=0.5&alpha=0.25&points=33", { label: 0, options: { gamma: 0.5, alpha: 0.25 } }],
    [
      "bce",
      "label=0.3&label_smoothing=.1&pos_weight=2e+0",
      { label: 0.3, options: { label_smoothing: 0.1, pos_weight: 2 } },
    ],
    [
      "hinge",
      "label=0&label_encoding=binary&margin=-1.5",
      { label: 0, options: { label_encoding: "binary", margin: -1.5 } },
    ],
    ["mse", "from=-1e300&to=1e+300&points=3&label=%2D7", { label: -7, losses: ["Infinity", 49, "Infinity"] }],
    ["cce", "class=0&points=7", { label: 1, logits: [2, 1, 0.1], class: 0 }],
    ["cce", "logits=0,1&points=7", { label: [1, 0], class: 0 }],
    ["cce", "logits=0,1,2,3&class=2&points=7", { label: [0, 0, 1, 0], class: 2 }],
    ["cce", "logits=0,1,2&label=2&points=7", { label: 2, class: 2 }],
    ["cce", "logits=0,1,2&label=0.2,0.5,0.3&temperature=2&points=7", { label: [0.2, 0.5, 0.3], class: 1 }],
    ["cce", "logits=0,-Infinity,2&label=0,1,0&class=0&points=2", { losses: ["Infinity", "Infinity"] }],
    ["kl_div", "logits=0,1,2&label=0.2,0.5,0.3&temperature=2&points=7", { label: [0.2, 0.5, 0.3], class: 1 }],
    ["softmax_focal", "alpha=0.25,0.5,1&points=7", { options: { alpha: [0.25, 0.5, 1] } }],
    ["softmax_focal", "alpha=0.25&gamma=0.5&points=7", { options: { alpha: 0.25, gamma: 0.5 } }],
    ["multi_margin", "p=2&margin=0.5&points=7", { options: { p: 2 } }],
    ["cce", "label=0.2,0.5,0.1&normalize_labels=true&points=7", { options: { normalize_labels: true } }],
  ])("%s with %s is as asked, and its numbers are a POST's", async (name, query, expected) => {
    const curve = await curveOf(service, name, query);
    expect(curve).toMatchObject(expected);
    expect(curve).toMatchObject(await postedCurve(service, curve));
  });

  test("weights and a mask of classes go into the row", async () => {
    const curve = await curveOf(
      service,
      "cce",
      "logits=0,1,2&label=1&points=5&class_weights=1,3,2&class_mask=true,true,false",
    );
    expect(curve).toMatchObject(
      await postedCurve(service, curve, { class_weights: [1, 3, 2], class_mask: [true, true, false] }),
    );
  });

  test("the reply and the log line are like a computation's", async () => {
    const response = await fetch(`${service.url}/v1/losses/mse/curve?points=7&label=2`, {
      headers: { "x-request-id": "curve-1" },
    });
    expect(response.headers.get("server-timing")).toMatch(/^queue;dur=[\d.]+, parse;dur=[\d.]+/);
    expect(response.headers.get("vary")).toBe("accept");
    const line = await service.logged(({ requestId }) => requestId === "curve-1");
    expect(line).toMatchObject({ route: "/v1/losses/mse/curve", loss: "mse", rows: 7, columns: 1, status: 200 });
  });
});

describe("a bad parameter", () => {
  const many = Array.from({ length: 257 }, () => 0).join(",");
  test.each([
    ["mse", "points=1", "/points", "at least 2 and at most 2001"],
    ["mse", "points=2002", "/points", "at most 2001"],
    ["mse", "points=2.5", "/points", "a whole number"],
    ["mse", "points=", "/points", 'the string ""'],
    ["mse", "from=6&to=-6", "/to", "above from"],
    ["mse", "from=1&to=1", "/to", "above from"],
    ["mse", "from=7", "/to", "is 6, but must be above from, which is 7"],
    ["mse", "from=Infinity", "/from", "a number"],
    ["mse", "to=1e301", "/to", "at most 1e+300"],
    ["mse", "to=0x10", "/to", 'the string "0x10"'],
    ["mse", "label=a", "/label", 'the string "a"'],
    ["mse", "lable=1", "/lable", "from, to, points, label"],
    ["mse", "reduction=sum", "/reduction", "is no field"],
    ["mse", "logits=1,2", "/logits", "is no field"],
    ["mse", "__proto__=1", "/__proto__", "is no field"],
    ["mse", "from=1&from=2", "/from", "twice"],
    ["focal", "gamma=-1", "/gamma", "at least 0"],
    ["focal", "gamma=1e400", "/gamma", "a number"],
    ["focal", "gamma=%zz", "/gamma", "the string"],
    ["focal", "a%2Fb=1&a%2Fb=2", "/a~1b", "is no field"],
    ["focal", "gamma=1,x", "/gamma", "a number"],
    ["focal", "gamma=1,2,-1", "/gamma", "at least 0"],
    ["focal", "gamma=1,2,", "/gamma", 'the string ""'],
    ["focal", "gamma=1,2&alpha=0.1,0.2", "/alpha", "a number"],
    ["focal", "gamma=0,1,2,3,4,5,6,7,8", "/gamma", "makes 9 curves, but a picture has at most 8"],
    ["mse", "points=5,7", "/points", "a whole number"],
    ["mse,huber", "gamma=1", "/gamma", "is no field of these losses: they take from, to, points, label"],
    ["mse,huber,l1", "label=0,1,2", "/label", "makes 9 curves"],
    ["mse,cross_entropy", "", "", "mse is elementwise and cross_entropy rowwise"],
    ["hinge,bce", "label=0.5", "/label", "must be"],
    ["focal", "label=0.5", "/label", "label 0.5 must be 0 or 1"],
    ["hinge", "label_encoding=auto", "/label_encoding", '"signed" or "binary"'],
    ["cce", "label=3", "/class", "outside 0…2"],
    ["cce", "label=3&class=0", "/label", "class index 3 is outside 0…2"],
    ["cce", "label=1.5&class=0", "/label", "not a whole number"],
    ["cce", "label=0.5,0.4,0", "/label", "sums to 0.9"],
    ["cce", "label=0.5,-0.5,1", "/label/1", "outside [0, 1]"],
    ["cce", "class=3", "/class", "outside 0…2"],
    ["cce", "class=-1", "/class", "at least 0"],
    ["cce", "logits=0,x", "/logits", "a list"],
    ["cce", "logits=NaN,1", "/logits", "a list"],
    ["cce", `logits=${many}`, "/logits", "at most 256"],
    ["cce", "class_weights=1,2", "/class_weights", "[3]"],
    ["cce", "class_weights=1,2,-1", "/class_weights/2", "at least 0"],
    ["cce", "class_mask=1,0,1", "/class_mask", "true or false"],
    ["cce", "normalize_labels=yes", "/normalize_labels", "true or false"],
  ])("of %s, %s, is a 422 at %s that says %s", async (loss, query, pointer, words) => {
    const response = await get(loss, query);
    const problem = (await response.json()) as ProblemReply;
    expect([response.status, problem.code]).toEqual([422, "invalid_request"]);
    expect(problem.errors).toHaveLength(1);
    expect(problem.errors![0]!.pointer).toBe(pointer);
    expect(problem.errors![0]!.detail).toContain(words);
  });

  test("is refused as a picture too, as a problem", async () => {
    const response = await get("mse", "points=1", "image/svg+xml");
    expect([response.status, response.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
  });

  test("is named with the others, up to ten", async () => {
    const query = Array.from({ length: 30 }, (_, i) => `unknown${i}=1`).join("&");
    expect(((await (await get("mse", query)).json()) as ProblemReply).errors).toHaveLength(10);
  });

  test("that makes more numbers than ELEMENTS_MAX is a 413", async () => {
    const response = await get("cce", "points=2001");
    expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([413, "too_many_elements"]);
  });
});

describe("the media type", () => {
  const browserPage = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
  const browserImage = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
  test.each([
    ["*/*", "application/json; charset=utf-8"],
    ["image/svg+xml", "image/svg+xml; charset=utf-8"],
    ["image/*", "image/svg+xml; charset=utf-8"],
    ["application/json, image/svg+xml", "application/json; charset=utf-8"],
    ["application/json;q=0.5, image/svg+xml", "image/svg+xml; charset=utf-8"],
    ["application/json;q=0, */*", "image/svg+xml; charset=utf-8"],
    [browserPage, "application/json; charset=utf-8"],
    [browserImage, "image/svg+xml; charset=utf-8"],
  ])("for accept: %s is %s", async (accept, type) => {
    const response = await get("mse", "points=5", accept);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
  });

  test("that is neither is a 406", async () => {
    const response = await get("mse", "", "image/png");
    const problem = (await response.json()) as ProblemReply;
    expect([response.status, problem.code]).toEqual([406, "not_acceptable"]);
    expect(problem.detail).toContain("application/json or image/svg+xml");
  });
});

test("an alias has the curve of its loss, and HEAD its headers", async () => {
  const [one, other] = [await get("cross_entropy", "points=5"), await get("cce", "points=5")];
  const text = await one.text();
  expect(await other.text()).toBe(text);
  const head = await fetch(`${service.url}/v1/losses/cce/curve?points=5`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(Buffer.byteLength(text))]);
});

test.each([
  ["a full queue", 429, "queue_full", () => stubPool({ full: true })],
  ["a pool that starts", 503, "starting", () => new Promise<never>(() => undefined)],
])("%s is a %i: a curve waits for a worker like any other work", async (_what, status, code, pool) => {
  const busy = await startService({}, pool());
  const response = await fetch(`${busy.url}/v1/losses/mse/curve`);
  expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([status, code]);
  expect(response.headers.get("retry-after")).toBe("1");
  await busy.stop();
});

test("its query is the worker's job", async () => {
  const pool = stubPool({ run: async () => answered('{"name":"mse"}') });
  const one = await startService({}, pool);
  const response = await fetch(`${one.url}/v1/losses/mse/curve?points=5&label=2`);
  expect(await response.text()).toBe('{"name":"mse"}');
  expect(await pool.nextJob()).toMatchObject({
    loss: "mse",
    format: "curve",
    body: new TextEncoder().encode("points=5&label=2"),
  });
  await one.stop();
});
