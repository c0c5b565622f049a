// The formats of requests for one loss, each under the name that its jobs have as `format`. A new one is a line here: its
// jobs, its answers and the media type of its bodies are known from it.
export { curveFormat as curve } from "./curve/format.ts";
export { linesFormat as lines } from "./ndjson/format.ts";
export { jsonPartFormat as json_part, v2PartFormat as v2_part } from "./parts/formats.ts";
export { jsonFormat as json } from "./v1/format.ts";
export { v2Format as v2 } from "./v2/format.ts";
