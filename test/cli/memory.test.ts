// What a program's processes take together, where the kernel does not count it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";
import { memoryOf } from "#lossd/cli/student/memory.js";

const isRoot = process.getuid?.() === 0;

/** Megabytes that a program has, by what looks at its processes: it holds them until its stdin ends. */
async function megabytesOf(
  script: string,
  look: (pids: readonly number[]) => number,
  before: readonly string[] = [],
): Promise<number> {
  const whole = `import mmap, os\nsize = 200 * 2**20\n${script}`;
  const [command = "", ...args] = [...before, "/usr/bin/python3", "-c", whole];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [pids] = (await once(child.stdout, "data")) as [Buffer];
    return look(pids.toString().trim().split(" ").map(Number)) / 2 ** 20;
  } finally {
    child.stdin.end();
    await once(child, "close");
  }
}

const here = (pids: readonly number[]) => memoryOf(pids, undefined);
const wait = 'os.write(1, b"%d" % os.getpid())\nos.read(0, 1)';
const inFile = 'file = os.memfd_create("block")\nos.ftruncate(file, size)\nblock = mmap.mmap(file, size)';
const write = "for at in range(0, size, 4096): block[at] = 1";

const forked =
  'block = b"x" * size\nchild = os.fork()\nif child: os.write(1, b"%d %d" % (os.getpid(), child))\nos.read(0, 1)';

test.each([
  ["a block", `block = b"x" * size\n${wait}`],
  ["a file in memory that is mapped as well", `${inFile}\n${write}\n${wait}`],
  ["a file in memory that is not mapped", `${inFile}\n${write}\nblock.close()\n${wait}`],
  ["memory that is mapped to be shared", `block = mmap.mmap(-1, size)\n${write}\n${wait}`],
  ["a block that a process has from its parent", forked],
])("%s of 200 MB counts once", async (_what, script) => {
  const megabytes = await megabytesOf(script, here);
  expect(megabytes).toBeGreaterThan(200);
  expect(megabytes).toBeLessThan(250);
});

test.runIf(isRoot)(
  "root that may not trace another user's processes sees their memory none the less, and once",
  async () => {
    const module = JSON.stringify(path.resolve("dist/cli/student/memory.js"));
    const look = (pids: readonly number[]) => {
      const script = `import(${module}).then(({ memoryOf }) => console.log(memoryOf([${pids}], { uid: 1000, gid: 1000 })))`;
      const args = ["--bounding-set", "-sys_ptrace", process.execPath, "-e", script];
      return Number(spawnSync("setpriv", args, { encoding: "utf8" }).stdout);
    };
    const student = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"];
    const megabytes = await megabytesOf(forked, look, student);
    expect(megabytes).toBeGreaterThan(200);
    expect(megabytes).toBeLessThan(250);
  },
);
