import { weightOf } from "./task_times.ts";
import type { Work } from "./work.ts";

/** Tasks that no worker has, in the order of their arrival; one whose worker died comes first. */
export class Queue<Job, Result> {
  readonly #works: Work<Job, Result>[] = [];
  readonly #onDemoted: (tasks: number) => void;
  #weight = 0;
  #demoted = 0;

  /** `onDemoted` is told how many tasks wait whose caller may be gone, each time that their number changes. */
  constructor(onDemoted: (tasks: number) => void) {
    this.#onDemoted = onDemoted;
  }

  get length(): number {
    return this.#works.length;
  }

  /** The weight of all tasks that wait. */
  get weight(): number {
    return this.#weight;
  }

  get first(): Work<Job, Result> | undefined {
    return this.#works[0];
  }

  push(work: Work<Job, Result>): void {
    this.#works.push(work);
    this.#note(work, 1);
  }

  putFirst(work: Work<Job, Result>): void {
    this.#works.unshift(work);
    this.#note(work, 1);
  }

  take(): Work<Job, Result> | undefined {
    const work = this.#works.shift();
    if (work) this.#note(work, -1);
    return work;
  }

  /** False: it does not wait. */
  remove(work: Work<Job, Result>): boolean {
    const index = this.#works.indexOf(work);
    if (index < 0) return false;
    this.#works.splice(index, 1);
    this.#note(work, -1);
    return true;
  }

  /** Its caller may be gone. */
  demote(work: Work<Job, Result>): void {
    if (work.demoted) return;
    work.demoted = true;
    if (this.#works.includes(work)) this.#noteDemoted(1);
  }

  /** Of the tasks whose caller may be gone, the one that waits longest. */
  findDemoted(): Work<Job, Result> | undefined {
    return this.#works.find((work) => work.demoted);
  }

  /** Takes all. */
  empty(): Work<Job, Result>[] {
    this.#weight = 0;
    this.#noteDemoted(-this.#demoted);
    return this.#works.splice(0);
  }

  /** A task has come (1) or gone (-1). */
  #note(work: Work<Job, Result>, change: 1 | -1): void {
    this.#weight += change * weightOf(work.bytes);
    if (work.demoted) this.#noteDemoted(change);
  }

  #noteDemoted(change: number): void {
    this.#demoted += change;
    this.#onDemoted(this.#demoted);
  }
}
