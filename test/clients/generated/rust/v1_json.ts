// node v1_json.ts DOCUMENT: prints what progenitor can take of the OpenAPI document. It knows one media type a body and
// one type of error an operation, so /v2 stays out, which has clients of its own, and of a body's types JSON stays.
import { readFileSync } from "node:fs";
import process from "node:process";

const document = JSON.parse(readFileSync(process.argv[2]!, "utf8"), (key, value) => {
  if (key !== "requestBody") return value;
  return { ...value, content: { "application/json": value.content["application/json"] } };
});
const paths = Object.entries(document.paths).filter(([path]) => path.startsWith("/v1/"));
process.stdout.write(JSON.stringify({ ...document, paths: Object.fromEntries(paths) }));
