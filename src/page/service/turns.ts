import { Overtaken, Refusal, Unreachable } from "./ask.ts";
import { Latest, type Turn } from "./latest.ts";
import { clearAlert, countWork, showAlert } from "./status.ts";

/**
 * The turns of one control of the page. Each asks the service one thing after the other; of turns that come meanwhile only
 * the latest is taken. What fails is said at the top of the page, or by `refused` where the page has a better place.
 */
export class Turns {
  readonly #latest = new Latest();

  constructor(readonly refused?: (refusal: Refusal) => void) {}

  async run(turn: Turn): Promise<void> {
    countWork(1);
    try {
      await this.#latest.run((signal) => this.#guard(turn, signal));
    } finally {
      countWork(-1);
    }
  }

  async #guard(turn: Turn, signal: AbortSignal): Promise<void> {
    try {
      await turn(signal);
      clearAlert();
    } catch (error) {
      this.#tell(error, () => void this.run(turn));
    }
  }

  #tell(error: unknown, again: () => void): void {
    if (error instanceof Overtaken) return;
    if (error instanceof Unreachable) {
      const words = `Nothing answers at ${location.host}. Is lossd still running there? Nothing that you set here is lost.`;
      showAlert("The service does not answer.", words, again);
    } else if (!(error instanceof Refusal)) {
      throw error;
    } else if (this.refused) {
      clearAlert();
      this.refused(error);
    } else {
      showAlert(error.fault.title, error.message, again);
    }
  }
}
