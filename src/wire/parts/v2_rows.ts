import { Abandoned } from "../../engine/peers.ts";
import type { Loss } from "../../losses/loss.ts";
import type { AskedOutput } from "../v2/envelope.ts";
import type { CheckedInput } from "../v2/tensors.ts";
import { isInput, isOfExamples, type PartNumber, rowsTogether, startOf } from "./json_rows.ts";

/** An input's rows of one part: where they begin in the whole input's blob. */
export interface InputOfPart {
  readonly input: CheckedInput;
  readonly blobFrom: number;
}

/**
 * The part's rows of every input that has a row an example, by their shapes: a blob is as long as its shape says. `rows`
 * is how many the whole request has. Throws an Abandoned where one of them or of the outputs is JSON, or there are too few.
 */
export function cutInputs(
  loss: Loss,
  inputs: readonly CheckedInput[],
  outputs: readonly AskedOutput[],
  part: PartNumber,
): { readonly inputs: readonly InputOfPart[]; readonly rows: number } {
  // Only binary outputs are joined from parts.
  if (outputs.some(({ name, binary }) => !binary && name !== "loss")) throw new Abandoned("an output is JSON");
  const rows = inputs.find(({ name }) => isInput(name))?.shape[0] ?? 0;
  if (rows < rowsTogether * part.count) throw new Abandoned("there are too few rows");
  const [from, to] = [startOf(part.index, rows, part.count), startOf(part.index + 1, rows, part.count)];
  const cut = (input: CheckedInput): InputOfPart => {
    const { name, shape, data, blobBytes } = input;
    if (!isOfExamples(name, shape.length > 1)) return { input, blobFrom: 0 };
    const isRowAlone = loss.kind === "rowwise" && isInput(name) && shape.length === 1;
    if (data || isRowAlone || shape[0] !== rows) throw new Abandoned(`${name} cannot be cut`);
    const perRow = blobBytes / rows;
    const own = { ...input, shape: shape.with(0, to - from), blobBytes: (to - from) * perRow };
    return { input: own, blobFrom: from * perRow };
  };
  return { inputs: inputs.map(cut), rows };
}
