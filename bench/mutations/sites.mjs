// Where the built code can be changed by one token, and how: a parse of each file, and edits of its text.
import { parseAst } from "vitest/node";

/** What each kind changes: an edit {start, end, text} of the file for a node, or undefined where it has none. */
const kinds = {
  comparison: (node, text) => replaceOperator(node, text, "BinaryExpression", comparisons),
  logic: (node, text) => replaceOperator(node, text, "LogicalExpression", { "&&": "||", "||": "&&" }),
  boolean: (node) => typeof node.value === "boolean" && { ...place(node), text: String(!node.value) },
  bound: (node) => isBound(node) && { ...place(node), text: oneMore(node.value) },
  call: (node) => isCall(node) && { ...place(node), text: ";" },
  return: (node) => isEarlyReturn(node) && { ...place(node), text: ";" },
};

export const kindNames = Object.keys(kinds);

const comparisons = { "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===" };

const place = ({ start, end }) => ({ start, end });

function replaceOperator({ type, operator, left, right }, text, wanted, replacements) {
  if (type !== wanted || !replacements[operator]) return undefined;
  const start = text.indexOf(operator, left.end);
  return start < right.start && { start, end: start + operator.length, text: replacements[operator] };
}

const isBound = ({ type, value, start, parent }) =>
  type === "Literal" &&
  (typeof value === "number" || typeof value === "bigint") &&
  !(parent.type === "Property" && parent.value.start !== start);
const oneMore = (value) => (typeof value === "bigint" ? `${value + 1n}n` : String(value + 1));

function isCall({ type, expression }) {
  const called = expression?.type === "AwaitExpression" ? expression.argument : expression;
  return type === "ExpressionStatement" && called.type === "CallExpression" && called.callee.type !== "Super";
}

/** A return that is not at the end of its function: there is code that it keeps from running. */
const isEarlyReturn = ({ type, parent, inBody }) => type === "ReturnStatement" && !inBody && parent.type !== "Program";

const isFunction = ({ type }) => /Function(Expression|Declaration)$/.test(type);

/** Calls `see` with each node, which knows its parent, the function round it and whether it stands in that one's body. */
function walk(node, see, owner = undefined) {
  see(node, owner);
  const inside = isFunction(node) ? node : owner;
  for (const child of Object.values(node).flat()) {
    if (typeof child?.type !== "string" || child === node.parent) continue;
    child.parent = node;
    child.inBody = node.type === "BlockStatement" && node.parent && isFunction(node.parent);
    walk(child, see, inside);
  }
}

/** The name of a function in a recording; that of the file's own level is 0. */
const keyOf = (file, owner) => `${file}:${owner?.start ?? 0}`;

/** Every change of a file: {file, kind, line, before, after, owner, start, end, text}, with the line's text before and after. */
export function sitesOf(file, text) {
  const sites = [];
  walk(parseAst(text), (node, owner) => {
    for (const [kind, change] of Object.entries(kinds)) {
      const edit = change(node, text);
      if (edit) sites.push({ file, kind, ...describe(text, edit, anchorOf(node)), owner: keyOf(file, owner), ...edit });
    }
  });
  return sites;
}

export const applied = (text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end);

/** Where the text begins that tells a change from others: a return says little without its condition. */
function anchorOf(node) {
  if (node.type !== "ReturnStatement") return node.start;
  let anchor = node.parent;
  while (anchor.type === "BlockStatement") anchor = anchor.parent;
  return anchor.start;
}

/** The whole lines round a change, each as one line, and the line of the change itself. */
function describe(text, edit, anchor) {
  const from = text.lastIndexOf("\n", anchor - 1) + 1;
  const newline = text.indexOf("\n", edit.end);
  const to = newline < 0 ? text.length : newline;
  const oneLine = (words) => words.trim().replace(/\s*\n\s*/g, " ");
  const after = text.slice(from, edit.start) + edit.text + text.slice(edit.end, to);
  return {
    line: text.slice(0, edit.start).split("\n").length,
    before: oneLine(text.slice(from, to)),
    after: oneLine(after),
  };
}

/** The file with a call of `hit` at the start of each function and of the file itself. */
export function instrumented(file, text, hitUrl) {
  const edits = [];
  walk(parseAst(text), (node) => {
    if (!isFunction(node)) return;
    const call = `__hit(${JSON.stringify(keyOf(file, node))})`;
    const { start, end, type } = node.body;
    if (type === "BlockStatement") edits.push({ at: start + 1, text: `${call};` });
    else edits.push({ at: start, text: `(${call},` }, { at: end, text: ")" });
  });
  const shebang = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  edits.push({
    at: shebang,
    text: `import { hit as __hit } from ${JSON.stringify(hitUrl)};__hit(${JSON.stringify(keyOf(file))});`,
  });
  // From the end to the start, so that no edit moves the place of another.
  return edits
    .sort((one, other) => other.at - one.at)
    .reduce((whole, { at, text: added }) => whole.slice(0, at) + added + whole.slice(at), text);
}
