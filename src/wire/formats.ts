import { curveFormat } from "./curve/format.ts";
import { linesFormat } from "./ndjson/format.ts";
import { jsonPartFormat, v2PartFormat } from "./parts/formats.ts";
import { jsonFormat } from "./v1/format.ts";
import { v2Format } from "./v2/format.ts";

/** The formats of requests for one loss. A new one is a line here: jobs and answers get their types from it. */
export const wireFormats = {
  json: jsonFormat,
  curve: curveFormat,
  v2: v2Format,
  lines: linesFormat,
  json_part: jsonPartFormat,
  v2_part: v2PartFormat,
};
