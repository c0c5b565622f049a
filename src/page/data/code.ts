/** A request as programs that can be run as they are. */
export interface Call {
  readonly url: string;
  readonly body: object;
  /** Whether the service asks for an API key: programs take it from LOSSD_API_KEY, and never show it. */
  readonly keyed: boolean;
}

export function asCurl({ url, body, keyed }: Call): string {
  const text = JSON.stringify(body).replaceAll("'", "'\\''");
  const key = keyed ? ` \\\n  -H "authorization: Bearer $LOSSD_API_KEY"` : "";
  return `curl -s '${url}' \\\n  -H 'content-type: application/json'${key} \\\n  -d '${text}'`;
}

export function asPython({ url, body, keyed }: Call): string {
  const key = keyed ? `, "authorization": "Bearer " + os.environ["LOSSD_API_KEY"]` : "";
  return `import json${keyed ? "\nimport os" : ""}
from urllib.request import Request, urlopen

batch = ${python(body)}
headers = {"content-type": "application/json"${key}}
request = Request(${JSON.stringify(url)}, json.dumps(batch).encode(), headers)
print(json.load(urlopen(request)))`;
}

export function asTypeScript({ url, body, keyed }: Call): string {
  const key = keyed ? ', authorization: "Bearer " + env.LOSSD_API_KEY' : "";
  return `${keyed ? 'import { env } from "node:process";\n\n' : ""}const batch = ${JSON.stringify(body)};
const reply = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: { "content-type": "application/json"${key} },
  body: JSON.stringify(batch),
});
console.log(await reply.json());`;
}

/** A value as Python writes it. */
function python(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${python(inner)}`);
  return `{${entries.join(", ")}}`;
}
