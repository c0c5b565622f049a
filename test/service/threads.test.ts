// What several HTTP threads share: bytes, the log, the port.
import { once } from "node:events";
import { type AddressInfo, createServer, Server } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, test, vi } from "vitest";
import { type Account, Budget } from "#lossd/service/memory/budget.js";
import { Ledger } from "#lossd/service/memory/ledger.js";
import { findSharedPlace } from "#lossd/service/threads/place.js";
import { SharedLines } from "#lossd/service/threads/shared_lines.js";

const MiB = 2 ** 20;

/** The budgets of so many threads, all in this one: who is told looks at once. */
function budgetsOf(threads: number, bytesMax: number): Budget[] {
  const ledger = new Ledger(threads);
  const budgets: Budget[] = Array.from(
    { length: threads },
    (_, thread) => new Budget(bytesMax, { ledger, thread, tell: (other) => budgets[other]!.look() }),
  );
  return budgets;
}

function opened(budget: Budget, bytes: number): Account {
  const account = budget.open();
  expect(account.grow(bytes)).toBe(true);
  return account;
}

describe("the budget of several threads", () => {
  test("is one limit for all of them", () => {
    const [one, two] = budgetsOf(2, 16 * MiB) as [Budget, Budget];
    const first = opened(one, 9 * MiB);
    opened(two, 5 * MiB);
    opened(one, 2 * MiB);
    expect([one.bytes, two.bytes]).toEqual([16 * MiB, 16 * MiB]);
    for (const budget of [one, two]) expect(budget.open().grow(1)).toBe(false);
    first.close();
    opened(two, 1);
  });

  test("serves those that wait in the order in which they came, whichever thread they are in", () => {
    const budgets = budgetsOf(3, 16 * MiB);
    const first = opened(budgets[0]!, 14 * MiB);
    const served: string[] = [];
    const waits = (name: string, thread: number) => {
      const account = budgets[thread]!.open();
      account.growLater(14 * MiB, () => served.push(name));
      return account;
    };
    const [a, b, c] = [waits("a", 1), waits("b", 2), waits("c", 1)];
    for (const budget of budgets) expect(budget.isShort).toBe(true);
    for (const account of [first, a, b, c]) account.close();
    expect(served).toEqual(["a", "b", "c"]);
    expect(budgets.map(({ bytes, isShort }) => [bytes, isShort])).toEqual(budgets.map(() => [0, false]));
  });

  test("lets the next one pass, in another thread, when a wish before it is taken back", () => {
    const [one, two] = budgetsOf(2, 16 * MiB) as [Budget, Budget];
    opened(one, 8 * MiB);
    const overdrawn = opened(two, 12 * MiB);
    const granted = vi.fn();
    const takeBack = one.open().growLater(12 * MiB, () => undefined);
    two.open().growLater(4 * MiB, granted);
    expect(granted).not.toHaveBeenCalled();
    takeBack();
    expect(granted).toHaveBeenCalledOnce();
    overdrawn.close();
  });

  test("lets one account of all threads go beyond the limit", () => {
    const [one, two] = budgetsOf(2, 8 * MiB) as [Budget, Budget];
    const [first, second] = [opened(one, 3 * MiB), opened(two, 3 * MiB)];
    expect(first.grow(7 * MiB)).toBe(true);
    const granted = vi.fn();
    expect(second.grow(7 * MiB)).toBe(false);
    second.growLater(7 * MiB, granted);
    first.close();
    expect(granted).toHaveBeenCalledOnce();
  });

  test("sees bytes that another thread gave back before it knew that somebody waits", async () => {
    const ledger = new Ledger(2);
    const [one, two] = [0, 1].map((thread) => new Budget(8 * MiB, { ledger, thread, tell: () => undefined }));
    opened(one!, 9 * MiB);
    const second = opened(one!, 7 * MiB);
    const waiting = two!.open();
    expect(waiting.grow(7 * MiB)).toBe(false);
    second.close();
    await new Promise<void>((resolve) => waiting.growLater(7 * MiB, resolve));
  });
});

/** Threads that each run `code`, with `data` and their `thread` number; resolves when all have ended well. */
async function inThreads(threads: number, code: string, data: object): Promise<void> {
  const module = (name: string) => JSON.stringify(import.meta.resolve(`#lossd/service/${name}.js`));
  const whole = `
    import { workerData } from "node:worker_threads";
    const { Budget } = await import(${module("memory/budget")});
    const { Ledger } = await import(${module("memory/ledger")});
    const { SharedLines } = await import(${module("threads/shared_lines")});
    const { thread, ...data } = workerData;
    ${code}`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(whole)}`);
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const [code] = await once(new Worker(url, { workerData: { ...data, thread } }), "exit");
      expect(code).toBe(0);
    }),
  );
}

test("threads that take and give bytes at the same time lose none, and never have more than the limit", async () => {
  const ledger = new Ledger(2);
  const code = `
    const ledger = new Ledger(2, data.memory);
    const budget = new Budget(1000, { ledger, thread, tell: () => undefined });
    for (let turn = 0; turn < 50_000; turn++) {
      const account = budget.open();
      account.grow(turn % 700);
      if (budget.bytes > 1000) process.exit(1);
      account.close();
    }`;
  await inThreads(2, code, { memory: ledger.memory });
  expect(ledger.bytes).toBe(0);
});

test("lines of the log that threads add at the same time are whole, and each thread's in their order", async () => {
  const lines = new SharedLines();
  const code = `
    const lines = new SharedLines(data.memory);
    for (let count = 0; count < 5000; count++) lines.append(JSON.stringify({ thread, count, text: "é" }) + "\\n");`;
  await inThreads(2, code, { memory: lines.memory });
  const { text, dropped } = lines.take();
  const all = text.toString().trimEnd().split("\n");
  const counts = [0, 1].map((of) =>
    all.map((line) => JSON.parse(line)).flatMap(({ thread, count }) => (thread === of ? [count] : [])),
  );
  const expected = Array.from({ length: 5000 }, (_, count) => count);
  expect([counts, dropped]).toEqual([[expected, expected], 0]);
  expect(lines.take().text).toHaveLength(0);
});

test("lines of the log that find no room are counted", () => {
  const lines = new SharedLines();
  const megabyte = "x".repeat(MiB);
  expect(lines.append("first\n")).toBe("first");
  expect(lines.append(megabyte)).toBe("many");
  for (let count = 0; count < 3; count++) lines.append(megabyte);
  expect(lines.take().dropped).toBe(3);
  expect(lines.append("first\n")).toBe("first");
});

describe("a port for several threads", () => {
  test("is refused where another process listens, also one that shares it", async () => {
    const { port } = await findSharedPlace("127.0.0.1", 0);
    for (const reusePort of [false, true]) {
      const other = createServer().listen({ host: "127.0.0.1", port, reusePort });
      await once(other, "listening");
      await expect(findSharedPlace("127.0.0.1", port)).rejects.toMatchObject({ code: "EADDRINUSE" });
      await new Promise((resolve) => other.close(resolve));
    }
  });

  test("is for one thread where the system cannot share it", async () => {
    const { listen } = Server.prototype;
    vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...args: unknown[]) {
      const [{ reusePort }] = args as [{ reusePort?: boolean }];
      if (!reusePort) return listen.apply(this, args as never);
      process.nextTick(() => this.emit("error", new Error("listen ENOTSUP")));
      return this;
    });
    const place = await findSharedPlace("127.0.0.1", 0);
    vi.restoreAllMocks();
    expect(place).toMatchObject({ host: "127.0.0.1", reusePort: false });
    const server = createServer().listen(place);
    await once(server, "listening");
    expect((server.address() as AddressInfo).port).toBe(place.port);
    server.close();
  });
});
