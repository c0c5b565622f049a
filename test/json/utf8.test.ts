// Bytes that are no UTF-8 are refused wherever they stand in a body, before all else that is wrong with it; texts that are
// UTF-8 never are.
import { expect, test } from "vitest";
import { answer, type JobResult } from "#lossd/service/formats.js";

/** "%" stands for the bytes in question. */
const v1 = {
  "before the object": '%{"logits":[[1,2]],"labels":[0]}',
  "in a name": '{"logits":[[1,2]],"labels":[0],"a%":1}',
  "in an option": '{"logits":[[1,2]],"labels":[0],"reduction":"a%"}',
  "in a value that is passed over": '{"logits":[[1,2]],"labels":[0],"x":{"y":["%"]}}',
  "between numbers": '{"logits":[[1,%2]],"labels":[0]}',
  "in a number's place": '{"logits":[["%",2]],"labels":[0]}',
  "behind an escape": '{"logits":[[1,2]],"labels":[0],"reduction":"\\n%"}',
  "right behind a backslash": '{"logits":[[1,2]],"labels":[0],"reduction":"\\%"}',
  "in base64": '{"logits":{"datatype":"FP32","shape":[1,2],"b64":"AAAA%AAA"},"labels":[0]}',
  "behind what is no JSON": '{"logits":x%',
  "behind a fault": '{"logits":[[1,2],[3]],"labels":[0],"reduction":"%"}',
  "behind a name that is there twice": '{"labels":[0],"labels":[0],"x":"%"}',
  "behind the object": '{"logits":[[1,2]],"labels":[0]}%',
  "behind more numbers than there may be": `{"logits":[[${"1,".repeat(200)}1]],"labels":[0],"x":"%"}`,
};

const tensors =
  '"inputs":[{"name":"logits","datatype":"FP64","shape":[1,2],"data":[1,2]},{"name":"labels","datatype":"INT64","shape":[1],"data":[0]}]';
const v2 = {
  "in an id": `{"id":"%",${tensors}}`,
  "in a member that is passed over": `{"x":["%"],${tensors}}`,
  "in a parameter": `{"parameters":{"reduction":"%"},${tensors}}`,
  "between members": `{%${tensors}}`,
};

const bad = {
  "a byte of no text": [0xff],
  "a sequence that is cut": [0xc3],
  "half of a pair": [0xed, 0xa0, 0x80],
  "a byte too long": [0xc0, 0xaf],
};
const good = { "a letter": "é", "a sign of three bytes": "€", "a sign beyond 16 bits": "😀" };

function answerTo(format: "json" | "v2", body: string, bytes: Buffer): JobResult {
  const [before, after] = body.split("%") as [string, string];
  const all = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
  return answer({ format, loss: "cross_entropy", body: all, elementsMax: 100 });
}

const places = [
  ...Object.entries(v1).map(([place, body]) => ["json", place, body] as const),
  ...Object.entries(v2).map(([place, body]) => ["v2", place, body] as const),
];

test.each(places)("in %s, %s", (format, _place, body) => {
  for (const bytes of Object.values(bad)) {
    expect(answerTo(format, body, Buffer.from(bytes))).toMatchObject({ ok: false, problem: { code: "invalid_utf8" } });
  }
  for (const text of Object.values(good)) {
    const result = answerTo(format, body, Buffer.from(text));
    expect(result.ok ? "" : result.problem.code).not.toBe("invalid_utf8");
  }
});

test("an id comes back in all of its letters", () => {
  const result = answerTo("v2", v2["in an id"], Buffer.from("é€😀"));
  expect(result.ok && JSON.parse(Buffer.concat(result.reply).toString()).id).toBe("é€😀");
});
