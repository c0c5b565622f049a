/** An element of a document, as far as a test of a picture looks. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
}

const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>/y;
const text = /(?:[^<&]|&(?:amp|lt|gt|quot|#39);)+/y;

/** Every element of a well-formed document, in the order of their ends. Throws an Error at the first place that is not. */
export function readXml(xml: string): Element[] {
  const elements: Element[] = [];
  const open: { name: string; attributes: Map<string, string>; text: string }[] = [];
  let roots = 0;
  for (let at = 0; at < xml.length; ) {
    const fail = () => new Error(`not well-formed at ${JSON.stringify(xml.slice(at, at + 40))}`);
    const pattern = xml[at] === "<" ? tag : text;
    pattern.lastIndex = at;
    const match = pattern.exec(xml);
    if (!match) throw fail();
    const [all, slash, name, attributes, empty] = match;
    if (pattern === text) {
      const inner = open.at(-1);
      if (inner) inner.text += all;
      else if (all.trim()) throw fail();
    } else if (slash) {
      const ended = open.pop();
      if (ended === undefined || ended.name !== name) throw fail();
      elements.push(ended);
    } else {
      if (open.length === 0 && roots++ > 0) throw fail();
      const pairs = [...attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)].map((pair) => [pair[1]!, pair[2]!] as const);
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw fail();
      const element = { name: name!, attributes: new Map(pairs), text: "" };
      if (empty) elements.push(element);
      else open.push(element);
    }
    at += all.length;
  }
  if (open.length > 0 || roots !== 1) throw new Error("not well-formed at the end");
  return elements;
}
