// Several losses or values at once, where their gradients jump, where they are least, and the pictures of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { type Curve, curveOf, getCurve, postedCurve } from "../harness/curves.js";
import { type ProblemReply, type Service, startService } from "../harness/service.js";
import { readXml } from "../plot/xml.js";

let service: Service;

beforeAll(async () => {
  service = await startService({ ELEMENTS_MAX: "2001" });
});
afterAll(() => service.stop());

const get = (names: string, query = "", accept?: string) => getCurve(service, names, query, accept);

describe("as a picture", () => {
  const textsOf = async (loss: string, query: string) => {
    const response = await get(loss, query, "image/svg+xml");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    return readXml(await response.text()).map(({ text }) => text);
  };

  test.each(losses.map(({ name, kind }) => [name, kind]))(
    "%s is well-formed, with title, axes and legend",
    async (name, kind) => {
      const texts = await textsOf(name, "points=9");
      expect(texts).toContainEqual(expect.stringMatching(new RegExp(`^${name}: loss and gradient over`)));
      expect(texts).toContainEqual(expect.stringMatching(kind === "rowwise" ? /^logit z of class \d$/ : /^logit z$/));
      for (const words of ["loss", "gradient ∂loss/∂z"]) expect(texts).toContain(words);
    },
  );

  test("says what stands still, and of the options those that differ from the defaults", async () => {
    expect(await textsOf("focal", "points=9&alpha=0.25")).toContain("label 1 · alpha 0.25");
    expect(await textsOf("cce", "points=9&class=2&logits=-1,0,5&label=1&temperature=3")).toContain(
      "logits −1, 0, z · label 1 · temperature 3",
    );
  });

  test.each([
    ["mse", "", "least: 0 at z = 1"],
    ["mse", "label=20", "least: 0 at z = 20"],
    ["bce", "label=0.8", "least: 0.5004 at z = 1.386"],
    ["bce", "label=0", "least: towards 0 as z goes to −∞"],
  ])("%s with %s says where the loss is least: %s", async (name, query, words) => {
    expect(await textsOf(name, query)).toContain(words);
  });

  test.each([
    ["focal", "gamma=0,1,2,5", ["gamma 0", "gamma 1", "gamma 2", "gamma 5"]],
    ["hinge,bce", "label=0", ["hinge, label −1", "binary_cross_entropy, label 0"]],
    ["mse_sigmoid,bce", "label=1", ["mse_sigmoid", "binary_cross_entropy"]],
    ["mse,huber", "delta=1,2", ["mse", "huber, delta 1", "huber, delta 2"]],
  ])("of %s with %s names each curve by what is its own", async (name, query, legend) => {
    const response = await get(name, `points=9&${query}`, "image/svg+xml");
    const names = readXml(await response.text()).filter(({ attributes }) => attributes.get("class") === "legend");
    expect(names.map(({ text }) => text)).toEqual(legend);
  });

  test("is what a path with .svg gives, whatever Accept says", async () => {
    for (const path of ["mse/curve.svg", "mae/curve.svg", "mse,mae/curve.svg"]) {
      const response = await fetch(`${service.url}/v1/losses/${path}?points=9`, { headers: { accept: "text/html" } });
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
      expect(response.headers.get("vary")).toBeNull();
      expect(readXml(await response.text()).at(-1)?.name).toBe("svg");
    }
  });

  test("draws a kink as an upright step", async () => {
    const response = await get("hinge", "points=4&from=-2&to=2", "image/svg+xml");
    const paths = readXml(await response.text()).filter(({ name }) => name === "path");
    const places = [
      ...paths
        .at(-1)!
        .attributes.get("d")!
        .matchAll(/([\d.]+),([\d.]+)/g),
    ];
    const atKink = places.filter(([, x]) => x === "529");
    expect(atKink.map(([, , y]) => y)).toEqual([places[0]![2], places.at(-1)![2]]);
  });
});

describe("several curves", () => {
  interface Curves {
    readonly curves: readonly Curve[];
  }
  test.each([
    ["mse_sigmoid,bce", "label=0&points=7", [{ label: 0 }, { label: 0 }]],
    ["hinge,bce,mse", "label=0&points=7", [{ label: -1 }, { label: 0 }, { label: 0 }]],
    ["bce,soft_margin,mse", "label=-1&points=7", [{ label: 0 }, { label: -1 }, { label: -1 }]],
    ["bce,hinge", "label=0&label_encoding=binary", [{ label: 0 }, { label: 0 }]],
    ["focal", "gamma=0,5&alpha=0.25", [{ options: { gamma: 0, alpha: 0.25 } }, { options: { gamma: 5, alpha: 0.25 } }]],
    ["hinge", "kink=zero,full", [{ options: { kink: "zero" } }, { options: { kink: "full" } }]],
    ["bce", "label=0,0.5,1", [{ label: 0 }, { label: 0.5 }, { label: 1 }]],
    ["kl_div,multi_margin", "", [{ label: [0, 1, 0] }, { label: [0, 1, 0] }]],
    ["cce,multi_margin", "", [{ label: 1 }, { label: 1 }]],
    ["softmax_focal,cce", "alpha=0.25,0.5,1", [{ options: { alpha: [0.25, 0.5, 1] } }, {}]],
  ])("%s with %s are those of each loss and value, and their numbers are a POST's", async (names, query, expected) => {
    const { curves } = await curveOf<Curves>(service, names, query);
    expect(curves).toMatchObject(expected);
    for (const curve of curves) expect(curve).toMatchObject(await postedCurve(service, curve));
  });

  test("of a loss that is not there are a 404", async () => {
    const response = await get("mse,nothing");
    expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([404, "unknown_loss"]);
  });

  test("count together towards ELEMENTS_MAX", async () => {
    const response = await get("mse,huber", "points=1001");
    expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([413, "too_many_elements"]);
  });
});

describe("jumps and minimum", () => {
  const infinity = "Infinity";
  test.each([
    ["mse", "", [], { logit: 1, loss: 0 }],
    ["mse", "label=30", [], { logit: 30, loss: 0 }],
    ["l1", "label=0.07", [{ logit: 0.07, loss: 0, before: -1, after: 1 }], { logit: 0.07, loss: 0 }],
    ["l1", "label=0&points=4", [{ logit: 0, loss: 0, before: -1, after: 1 }], { logit: 0, loss: 0 }],
    ["hinge", "kink=half", [{ logit: 1, loss: 0, before: -1, after: 0 }], { logit: 1, loss: 0 }],
    ["hinge", "label=-1&margin=1.05", [{ logit: -1.05, before: 0, after: 1 }], { logit: -1.05, loss: 0 }],
    ["multi_margin", "", [{ logit: 1.1 }, { logit: 3, after: 0 }], { logit: 3, loss: 0 }],
    ["bce", "", [], { logit: infinity, loss: 0 }],
    ["bce", "label=0.5", [], { logit: 0, loss: Math.LN2 }],
    ["poisson_nll", "label=0", [], { logit: `-${infinity}`, loss: 0 }],
    ["poisson_nll", "", [], { logit: 0, loss: 1 }],
    ["cce", "temperature=0.01", [], { logit: infinity, loss: 0 }],
    ["focal", "alpha=0", [], undefined],
  ])("of %s with %s are where the loss has them", async (name, query, jumps, minimum) => {
    const curve = await curveOf(service, name, query);
    expect(curve.jumps).toHaveLength(jumps.length);
    expect(curve).toMatchObject({ jumps, ...(minimum && { minimum }) });
    expect(curve.minimum === undefined).toBe(minimum === undefined);
  });
});
