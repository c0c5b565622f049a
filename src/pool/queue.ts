import { weightOf } from "./task_times.ts";
import type { Work } from "./work.ts";

/** Tasks that no worker has, in the order of their arrival; one whose worker died comes first. */
export class Queue<Job, Result> {
  readonly #works: Work<Job, Result>[] = [];
  #weight = 0;

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
    this.#weight += weightOf(work.bytes);
  }

  putFirst(work: Work<Job, Result>): void {
    this.#works.unshift(work);
    this.#weight += weightOf(work.bytes);
  }

  take(): Work<Job, Result> | undefined {
    const work = this.#works.shift();
    if (work) this.#weight -= weightOf(work.bytes);
    return work;
  }

  /** False: it does not wait. */
  remove(work: Work<Job, Result>): boolean {
    const index = this.#works.indexOf(work);
    if (index < 0) return false;
    this.#works.splice(index, 1);
    this.#weight -= weightOf(work.bytes);
    return true;
  }

  /** Of the tasks whose caller may be gone, the one that waits longest. */
  findDemoted(): Work<Job, Result> | undefined {
    return this.#works.find((work) => work.demoted);
  }

  /** Takes all. */
  empty(): Work<Job, Result>[] {
    this.#weight = 0;
    return this.#works.splice(0);
  }
}
