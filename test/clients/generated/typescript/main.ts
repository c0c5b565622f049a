// A batch through openapi-fetch, typed by what openapi-typescript makes of openapi.json; test/clients/generated.sh
// generates, type-checks and runs it.
import process from "node:process";
import createClient from "openapi-fetch";
import type { components, paths } from "./lossd.d.ts";

type Real = components["schemas"]["RealReply"];

const client = createClient<paths>({ baseUrl: process.env["LOSSD_URL"]! });

const { data, error } = await client.POST("/v1/losses/cross_entropy", {
  body: {
    logits: [
      [2, 1, 0.1],
      [0.5, "-Infinity", -1],
    ],
    labels: [1, 1],
    outputs: ["losses"],
    // @ts-expect-error: an option of focal is none of this loss's, and the types know
    gamma: undefined,
  },
});
if (error) {
  console.error(`${error.status} ${error.code}: ${error.detail}`);
  process.exit(1);
}
const losses: Real[] = Array.isArray(data.losses) ? (data.losses as Real[]) : [];
losses.forEach((loss, row) => {
  console.log(`row ${row}: ${Number(loss)}`);
});
console.log(`mean: ${Number(data.loss)}`);
