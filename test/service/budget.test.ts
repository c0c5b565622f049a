// The bytes of bodies and replies: who gets room, who waits, and why nobody waits for ever.
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Account, Budget } from "#lossd/service/memory/budget.js";

const MiB = 2 ** 20;

function opened(budget: Budget, bytes: number): Account {
  const account = budget.open();
  expect(account.grow(bytes)).toBe(true);
  return account;
}

describe("the budget of bytes", () => {
  test("gives spare bytes, as unread replies of a stream take, within the limit only and to nobody before those that wait", () => {
    const budget = new Budget(16 * MiB);
    const unread = budget.open();
    expect(unread.growSpare(15 * MiB)).toBe(false);
    expect(unread.growSpare(14 * MiB)).toBe(true);
    opened(budget, 5 * MiB);
    const takeBack = budget.open().growLater(5 * MiB, () => undefined);
    unread.close();
    expect(budget.open().growSpare(MiB)).toBe(true);
    takeBack();
  });

  test("keeps a share for small bodies that no large one may take", () => {
    const budget = new Budget(80 * MiB);
    opened(budget, 70 * MiB);
    expect(budget.open().grow(3 * MiB)).toBe(true);
    // That one went beyond what large ones may take: no other does.
    expect(budget.open().grow(3 * MiB)).toBe(false);
    // A body of 1 MiB, and its reply.
    for (let i = 0; i < 4; i++) opened(budget, 2.25 * MiB);
    expect(budget.open().grow(2.25 * MiB)).toBe(false);
  });

  test("gives a body that is known to be large nothing of the small ones' share, not even its first bytes", () => {
    const budget = new Budget(80 * MiB);
    opened(budget, 70 * MiB);
    expect(budget.open(true).grow(MiB)).toBe(true);
    expect(budget.open(true).grow(MiB)).toBe(false);
    expect(budget.open().grow(MiB)).toBe(true);
  });

  test("lets one account at a time go beyond the limit, so that of half-read bodies one comes to its end", () => {
    const budget = new Budget(8 * MiB);
    const [first, second] = [opened(budget, 3 * MiB), opened(budget, 3 * MiB)];
    expect(first.grow(7 * MiB)).toBe(true);
    const granted = vi.fn();
    expect(second.grow(7 * MiB)).toBe(false);
    second.growLater(7 * MiB, granted);
    expect(first.grow(20 * MiB)).toBe(true);
    expect(granted).not.toHaveBeenCalled();
    first.close();
    expect(granted).toHaveBeenCalledOnce();
    expect(budget.bytes).toBe(10 * MiB);
  });

  test("serves those that wait in their order, and a small one before a large one that does not fit", () => {
    const budget = new Budget(16 * MiB);
    const held = opened(budget, 14 * MiB);
    for (const bytes of [5, 1, 1]) opened(budget, bytes * MiB);
    const order: string[] = [];
    for (const [name, bytes] of [
      ["large", 10],
      ["larger", 20],
      ["small", 1],
    ] as const) {
      budget.open().growLater(bytes * MiB, () => order.push(name));
    }
    held.shrinkTo(13 * MiB);
    expect(order).toEqual(["small"]);
    held.close();
    expect(order).toEqual(["small", "large"]);
  });

  test("gives room to what has begun before more is begun, so that few bodies lie there half-read", () => {
    const budget = new Budget(16 * MiB);
    const begun = [opened(budget, 5 * MiB), opened(budget, 5 * MiB), opened(budget, 4 * MiB)];
    // The last one may go beyond the limit; who comes next has to wait.
    expect(begun[2]!.grow(4 * MiB)).toBe(true);
    const order: string[] = [];
    budget.open().growLater(10 * MiB, () => order.push("begins"));
    begun[1]!.growLater(9 * MiB, () => order.push("grows"));
    begun[2]!.close();
    expect(order).toEqual(["grows"]);
    begun[1]!.close();
    expect(order).toEqual(["grows", "begins"]);
  });

  test("says that it is short while somebody waits, and not after the wish is taken back", () => {
    const budget = new Budget(2 * MiB);
    opened(budget, 3 * MiB);
    const takeBack = budget.open().growLater(3 * MiB, () => undefined);
    expect(budget.isShort).toBe(true);
    takeBack();
    expect(budget.isShort).toBe(false);
  });

  test("comes to 0 when all are closed, whatever was grown, shrunk and waited for before", () => {
    const steps = fc.array(
      fc.record({ who: fc.nat(5), what: fc.constantFrom("grow", "wait", "shrink", "close"), bytes: fc.nat(4 * MiB) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const budget = new Budget(8 * MiB);
        const accounts = Array.from({ length: 6 }, () => budget.open());
        const waits: (() => void)[] = [];
        for (const { who, what, bytes } of list) {
          const account = accounts[who]!;
          if (what === "grow") account.grow(bytes);
          else if (what === "wait") waits.push(account.growLater(bytes, () => undefined));
          else if (what === "shrink") account.shrinkTo(bytes);
          else account.close();
          expect(budget.bytes).toBe(accounts.reduce((sum, each) => sum + each.bytes, 0));
        }
        for (const takeBack of waits) takeBack();
        for (const account of accounts) account.close();
        expect([budget.bytes, budget.isShort]).toEqual([0, false]);
      }),
    );
  });
});
