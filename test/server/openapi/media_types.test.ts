import Fastify from "fastify";
import { expect, test } from "vitest";
import { serveOpenApi } from "#lossd/server/openapi/openapi.js";

test("a format that brings its media type is in the document, beside JSON and as it describes itself", async () => {
  const app = Fastify();
  await serveOpenApi(app);
  const media = [{ type: "text/plain", holds: { request: "A row a line.", reply: "A loss a line." } }];
  const schema = {
    body: { type: "object" },
    response: { 200: { type: "object" } },
    "x-lossd": { problems: [], media },
  };
  app.post("/rows", { schema }, () => ({}));
  await app.ready();
  const { post } = (await app.inject("/openapi.json")).json().paths["/rows"];
  const text = (description: string) => ({ schema: { type: "string", description } });
  expect(Object.keys(post.requestBody.content)).toEqual(["application/json", "text/plain"]);
  expect(post.requestBody.content["text/plain"]).toEqual(text("A row a line."));
  expect(post.responses[200].content["text/plain"]).toEqual(text("A loss a line."));
  expect(post).not.toHaveProperty("x-lossd");
  await app.close();
});
