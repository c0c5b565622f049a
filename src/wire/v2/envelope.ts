import type { Tensor } from "../../engine/batch.ts";
import { type Datatype, isDatatype } from "../../json/datatypes.ts";
import { type BodyText, NestedReader } from "../../json/nested.ts";
import { openBrace, openBracket } from "../../json/scan.ts";
import { isTensor } from "../../losses/schemas/fields.ts";
import { type Fault, faultIn, faultsMax, quoted, show } from "../../problems.ts";
import type { V2JsonReader } from "./json_reader.ts";

/** A tensor as the JSON of a request describes it. Members may be missing or wrong: checkInput judges them together. */
export interface V2Input {
  readonly pointer: string;
  readonly name: unknown;
  readonly datatype: unknown;
  readonly shape: unknown;
  readonly parameters: Members;
  /** Whether it has JSON data: then `data` holds it, flat or nested, unless its name or datatype rules that out. */
  readonly inJson: boolean;
  readonly data?: Tensor | Fault;
}

/** An output as a request asks for it. */
export interface V2Output {
  readonly pointer: string;
  readonly name: unknown;
  readonly parameters: Members;
}

/** An output that will be given. */
export interface AskedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface V2Envelope {
  readonly id: unknown;
  readonly parameters: Members;
  readonly inputs: readonly V2Input[];
  readonly outputs: readonly V2Output[];
}

export type Members = ReadonlyMap<string, unknown>;

/** More inputs or outputs than any loss has: some of them are unknown or there twice, so the rest need not be kept. */
const listedMax = 64;

const inputMembers = ["name", "datatype", "shape", "parameters", "data"];
const outputMembers = ["name", "parameters"];

/**
 * Reads the JSON of a request. Members that it does not know are passed over at the top, where clients add their own, and
 * refused inside of tensors. What is wrong beyond grammar goes to `faults`.
 */
export class EnvelopeReader {
  readonly #reader: V2JsonReader;
  readonly #tensors: NestedReader;
  readonly #faults: Fault[];

  constructor(reader: V2JsonReader, text: BodyText, faults: Fault[]) {
    this.#reader = reader;
    this.#tensors = new NestedReader(reader, text);
    this.#faults = faults;
  }

  read(): V2Envelope {
    const reader = this.#reader;
    const inputs: V2Input[] = [];
    const outputs: V2Output[] = [];
    const plain = new Map<string, unknown>();
    reader.object((key) => {
      if (key === "inputs") this.#list(key, inputs, (pointer) => this.#input(pointer, inputs));
      else if (key === "outputs") this.#list(key, outputs, (pointer) => this.#output(pointer, outputs));
      else if (key === "id" || key === "parameters") plain.set(key, reader.value());
      else reader.skip();
    });
    return { id: plain.get("id"), parameters: this.#parameters("", plain), inputs, outputs };
  }

  #complain(pointer: string, detail: string): void {
    if (this.#faults.length < faultsMax) this.#faults.push({ pointer, detail });
  }

  #list(name: string, kept: readonly unknown[], one: (pointer: string) => void): void {
    const reader = this.#reader;
    if (reader.peek() !== openBracket) this.#complain(`/${name}`, `is ${show(reader.value())}, but must be an array`);
    else reader.array((index) => (kept.length < listedMax ? one(`/${name}/${index}`) : reader.skip()));
  }

  /** An object's members; `data` is told where the value of that name begins, and has to read it. */
  #members(pointer: string, names: readonly string[], data?: (members: Members) => void): Members | undefined {
    const reader = this.#reader;
    if (reader.peek() !== openBrace) {
      this.#complain(pointer, `is ${show(reader.value())}, but must be an object`);
      return undefined;
    }
    const members = new Map<string, unknown>();
    let unknown: string | undefined;
    reader.object((key) => {
      if (key === "data" && data) data(members);
      else if (names.includes(key)) members.set(key, reader.value());
      else {
        reader.skip();
        unknown ??= key;
      }
    });
    if (unknown !== undefined) {
      this.#complain(pointer, `has the member ${quoted(unknown)}, but takes ${names.join(", ")} only`);
    }
    return members;
  }

  #parameters(pointer: string, members: Members): Members {
    const parameters = members.get("parameters");
    if (parameters instanceof Map) return parameters as Members;
    if (parameters !== undefined)
      this.#complain(`${pointer}/parameters`, `is ${show(parameters)}, but must be an object`);
    return new Map();
  }

  #input(pointer: string, inputs: V2Input[]): void {
    const reader = this.#reader;
    let data: Tensor | Fault | undefined;
    let dataAt: number | undefined;
    const members = this.#members(pointer, inputMembers, (before) => {
      reader.peek();
      dataAt = reader.position;
      data = this.#data(before);
      if (!data) reader.skip();
    });
    if (!members) return;
    if (dataAt !== undefined && !data) {
      // Its name or datatype came after the data, which is read now that they are known.
      const end = reader.position;
      reader.position = dataAt;
      data = this.#data(members);
      reader.position = end;
    }
    inputs.push({
      pointer,
      name: members.get("name"),
      datatype: members.get("datatype"),
      shape: members.get("shape"),
      parameters: this.#parameters(pointer, members),
      inJson: dataAt !== undefined,
      ...(data && { data }),
    });
  }

  /** The tensor next to be read, if its name and its datatype, as far as they are known, say how. */
  #data(members: Members): Tensor | Fault | undefined {
    const [name, datatype] = [members.get("name"), members.get("datatype")];
    if (typeof name !== "string" || !isTensor(name) || !isDatatype(datatype) || !hasJsonForm(datatype))
      return undefined;
    this.#reader.inTensor = true;
    const tensor = this.#tensors.read(datatype === "BOOL");
    this.#reader.inTensor = false;
    return "pointer" in tensor ? faultIn(`/${name}`, tensor) : tensor;
  }

  #output(pointer: string, outputs: V2Output[]): void {
    const members = this.#members(pointer, outputMembers);
    if (!members) return;
    outputs.push({ pointer, name: members.get("name"), parameters: this.#parameters(pointer, members) });
  }
}

/** Half precision goes as bytes only: decimals would suggest more digits than it has. */
export function hasJsonForm(datatype: Datatype): boolean {
  return datatype !== "FP16" && datatype !== "BF16";
}
