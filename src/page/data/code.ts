/** A request as programs that can be run as they are. */
export interface Call {
  readonly url: string;
  readonly body: object;
}

export function asCurl({ url, body }: Call): string {
  const text = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl -s '${url}' \\\n  -H 'content-type: application/json' \\\n  -d '${text}'`;
}

export function asPython({ url, body }: Call): string {
  return `import json
from urllib.request import Request, urlopen

batch = ${python(body)}
request = Request(${JSON.stringify(url)}, json.dumps(batch).encode(), {"content-type": "application/json"})
print(json.load(urlopen(request)))`;
}

export function asTypeScript({ url, body }: Call): string {
  return `const batch = ${JSON.stringify(body)};
const reply = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: { "content-type": "application/json" },
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
