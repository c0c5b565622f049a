import { JsonReader } from "../../json/reader.ts";
import { nonfinite, nonfiniteWords } from "../../losses/nonfinite.ts";
import { Problem } from "../../problems.ts";

/**
 * JSON as the clients of the Open Inference Protocol write it: the bare tokens NaN, Infinity and -Infinity, which are no
 * JSON, are numbers. All else is as strict as in v1.
 */
export class V2JsonReader extends JsonReader {
  readonly #text: Uint8Array;
  /** Whether the values at hand are a tensor's: null is then refused with what it probably was. */
  inTensor = false;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#text = bytes;
  }

  override leaf(): unknown {
    this.peek();
    for (const word of nonfiniteWords) if (this.#takes(word)) return nonfinite.get(word);
    const at = this.position;
    const value = super.leaf();
    if (value !== null || !this.inTensor) return value;
    const hint =
      'an infinite or NaN number that a JSON library turned into null is "-Infinity", "Infinity" or "NaN" here';
    throw new Problem("invalid_request", `null at byte ${at} is no number: ${hint}, or goes as a binary tensor`);
  }

  #takes(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.#text[this.position + i] !== word.charCodeAt(i)) return false;
    this.position += word.length;
    return true;
  }
}
