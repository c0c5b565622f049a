import { Unreadable } from "./printed.ts";

/** A tensor as the service takes it: nested lists, or bytes in base64. */
export type Tensor = unknown;

export interface Batch {
  readonly logits?: Tensor;
  readonly labels?: Tensor;
  readonly [field: string]: unknown;
}

/** A text of JSON (`{"logits": …, "labels": …}`) or CSV (headers logit_0, logit_1, …, label). Throws Unreadable. */
export function readText(text: string): Batch {
  const trimmed = text.trim();
  if (trimmed === "") throw new Unreadable("There is nothing here yet.");
  if (!trimmed.startsWith("{")) return readCsv(trimmed);
  try {
    return JSON.parse(trimmed) as Batch;
  } catch (error) {
    throw new Unreadable(`This is no JSON: ${(error as Error).message}`);
  }
}

/** Columns logit_0 … logit_9 and label make rows; one column logit makes a list. */
function readCsv(text: string): Batch {
  const [head = "", ...lines] = text.split(/\r?\n/);
  const names = head.split(/[,;\t]/).map((name) => name.trim().replaceAll('"', "").toLowerCase());
  const columns = names.flatMap((name, i) => (/^logits?(_\d+)?$/.test(name) ? [i] : []));
  const label = names.findIndex((name) => name === "label" || name === "labels");
  if (columns.length === 0 || label < 0) {
    throw new Unreadable(
      "A table needs a first line with the names logit_0, logit_1, … and label, or logit and label.",
    );
  }
  const isRow = columns.length > 1 || /_\d+$/.test(names[columns[0]!]!);
  const [logits, labels]: [unknown[], number[]] = [[], []];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim());
    const numbers = [...columns, label].map((column) => Number(cells[column] === "" ? Number.NaN : cells[column]));
    const wrong = numbers.findIndex(Number.isNaN);
    if (wrong >= 0)
      throw new Unreadable(`Line ${i + 2}: the column ${names[[...columns, label][wrong]!]} holds no number.`);
    labels.push(numbers.pop()!);
    logits.push(isRow ? numbers : numbers[0]);
  }
  return { logits, labels };
}

const datatypes: Readonly<Record<string, string>> = {
  "<f8": "FP64",
  "<f4": "FP32",
  "<f2": "FP16",
  "<i8": "INT64",
  "<i4": "INT32",
  "<i2": "INT16",
  "|i1": "INT8",
  "|u1": "UINT8",
};

/** NumPy's file of one array; its bytes go to the service as they are. Throws Unreadable. */
export function readNpy(bytes: Uint8Array): Tensor {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== "\u0093NUMPY") throw new Unreadable("This is no .npy file.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  const end = start + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, end));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? "";
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "";
  if (/'fortran_order':\s*True/.test(header)) {
    throw new Unreadable("The array is stored by columns: save np.ascontiguousarray(x) instead.");
  }
  const datatype = datatypes[type];
  if (!datatype) throw new Unreadable(`The array's type is ${type}: save x.astype("float64") or "int64" instead.`);
  const sizes = shape.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  return { datatype, shape: sizes, b64: base64(bytes.subarray(end)) };
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // A call takes so many arguments and no more.
  for (let i = 0; i < bytes.length; i += 32_768) text += String.fromCharCode(...bytes.subarray(i, i + 32_768));
  return btoa(text);
}
