import type { Service } from "./service.js";

/** What bodies and replies take in a service's memory now, and the most that they ever took since this call. */
export function watchBudget({ app }: Service): { readonly bytes: number; readonly most: number } {
  const { budget } = app.lifecycle;
  let most = budget.bytes;
  const give = budget.give.bind(budget);
  budget.give = (account, bytes) => {
    const given = give(account, bytes);
    most = Math.max(most, budget.bytes);
    return given;
  };
  return {
    get bytes() {
      return budget.bytes;
    },
    get most() {
      return most;
    },
  };
}
