// Hostile submissions, each under each kind of machine that can be made here: none gets points, inputs or answers.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { starterFiles } from "#lossd/cli/starter/files.js";
import { findLoss } from "#lossd/losses/registry.js";

const isRoot = process.getuid?.() === 0;
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const namespaces = ["--pid", "--net", "--ipc", "--mount", "--fork", "--mount-proc", "true"];
const student = ["--reuid", "1000", "--regid", "1000", "--clear-groups"];

/** What Docker leaves to root, with `--cap-drop SYS_ADMIN` or without: it may not make namespaces, nor trace others. */
const rights = "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod";
const containersRights = ["-all", ...`${rights} audit_write setfcap`.split(" ").map((name) => `+${name}`)].join();

/** The machines: what stands before lossd, and whether it then has namespaces. */
const machines = (
  [
    ["root", [], isRoot && works("unshare", ...namespaces)],
    ["root without namespaces, as in a container", ["setpriv", "--bounding-set", containersRights], isRoot],
    [
      "another user, with user namespaces",
      ["setpriv", ...student],
      isRoot && works("setpriv", ...student, "unshare", "--user", ...namespaces),
    ],
  ] as const
).filter(([, , isHere]) => isHere);

/** Another user whose one user namespace is used up: nothing keeps the program apart. */
const usedUp =
  'echo 1 > /proc/sys/user/max_user_namespaces && exec unshare --user --map-user=1000 --map-group=1000 "$@"';
const without = ["setpriv", ...student, "unshare", "--user", "--map-root-user", "sh", "-c", usedUp, "sh"];
const withoutMeans = isRoot && works(without[0]!, ...without.slice(1), "true") ? [without] : [];

/** No shared folder, which a run covers from its program. */
const place = isRoot ? "/srv" : tmpdir();
const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
let grader = "";
beforeAll(() => {
  // As in a grader's image: lossd and the task where only the grader can read.
  grader = mkdtempSync(path.join(place, "lossd-grader-"));
  for (const name of ["dist", "package.json"]) cpSync(name, path.join(grader, "code", name), { recursive: true });
  symlinkSync(path.resolve("node_modules"), path.join(grader, "code/node_modules"));
  cpSync(process.execPath, path.join(grader, "node"));
});
afterAll(() => {
  server.close();
  rmSync(grader, { recursive: true, force: true });
});

/** What a run left: what the results say, what an attack noted, and how long it took. */
interface Outcome {
  readonly score: number;
  readonly text: string;
  readonly evidence: readonly string[];
  readonly seconds: number;
  readonly stderr: string;
}

/** Gives a submission's folder to lossd on a machine. */
async function grade(
  before: readonly string[],
  fill: (submission: string, places: object) => void,
  more: readonly string[] = [],
): Promise<Outcome> {
  const work = mkdtempSync(path.join(place, "lossd-attack-"));
  const at = (name: string) => path.join(work, name);
  for (const name of ["submission", "tests", "results", "evidence"]) mkdirSync(at(name));
  chmodSync(work, 0o755);
  chmodSync(at("evidence"), 0o777);
  const starter = starterFiles(findLoss("cross_entropy")!, "gradescope", "000102030405060708090a0b0c0d0e0f");
  for (const name of ["task.json", "program.py"]) {
    writeFileSync(at(`tests/${name}`), starter.find((file) => file.path === `autograder/${name}`)!.bytes);
  }
  const { port } = server.address() as { port: number };
  const lossd = path.join(grader, "code/dist/main.js");
  const places = {
    task: at("tests/task.json"),
    lossd,
    results: at("results/results.json"),
    evidence: at("evidence"),
    port,
    leftover: path.basename(work),
  };
  fill(at("submission"), places);
  const isOther = before.includes("--reuid");
  if (isOther) for (const name of ["tests", "results"]) spawnSync("chown", ["-R", "1000:1000", at(name)]);
  chmodSync(grader, isOther ? 0o755 : 0o700);
  for (const name of ["tests", "results"]) chmodSync(at(name), 0o700);
  const started = Date.now();
  const command = [
    ...before,
    path.join(grader, "node"),
    lossd,
    "run",
    "--task",
    places.task,
    "--submission",
    at("submission"),
    "--program",
    at("tests/program.py"),
    "--gradescope",
    places.results,
    "--timeout",
    "8",
    "--quiet",
    ...more,
    "--",
    "/usr/bin/python3",
    "program.py",
  ];
  const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  await new Promise((resolve) => child.on("close", resolve));
  const seconds = (Date.now() - started) / 1000;
  // What still ran would beat again in this time.
  const beats = () => (existsSync(at("evidence/beats")) ? statSync(at("evidence/beats")).size : 0);
  const beatsAtEnd = beats();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const text = readFileSync(places.results, "utf8");
  const evidence = readdirSync(at("evidence")).filter((name) => name !== "beats");
  if (beats() !== beatsAtEnd) evidence.push("a process that goes on");
  for (const folder of ["/tmp", "/var/tmp", "/dev/shm"]) {
    const file = path.join(folder, places.leftover);
    if (existsSync(file)) evidence.push(file);
  }
  if (/ 54321 /.test(readFileSync("/proc/sysvipc/shm", "utf8"))) evidence.push("shared memory");
  rmSync(work, { recursive: true, force: true });
  return { score: (JSON.parse(text) as { score: number }).score, text, evidence, seconds, stderr };
}

const script = (name: string) => (submission: string, places: object) => {
  const shared = readFileSync("test/cli/attacks/attack.py", "utf8").replace("{{places}}", JSON.stringify(places));
  writeFileSync(path.join(submission, "compute.py"), shared + readFileSync(`test/cli/attacks/${name}.py`, "utf8"));
};

const failed = "Nothing was graded: the program";
const attacks = [
  ["read_secrets", 0, "Some parts are not right"],
  ["write_results", 0, "Some parts are not right"],
  ["fill_processes", 0, "Some parts are not right"],
  ["ask_network", 0, "Some parts are not right"],
  ["change_program", 0, "Some parts are not right"],
  ["raise_limits", 0, "Some parts are not right"],
  ["run_lossd", 0, "Some parts are not right"],
  ["claim_zeros", 0, "Some parts are not right"],
  ["claim_nonfinite", 0, "Some parts are not right"],
  ["leave_files", 10, "All parts are right"],
  ["tell_inputs", 0, "Nothing was graded"],
  ["tell_by_crash", 0, "fails on cases that are not shown"],
  ["tell_by_values", 8, "Some parts are not right"],
  ["take_memory", 0, `${failed} took more than 500 MB of memory`],
  ["take_nameless_memory", 0, `${failed} took more than 500 MB of memory`],
  ["take_shared_memory", 0, `${failed} took more than 500 MB of memory`],
  ["kill_others", 0, failed],
  ["print_oddly", 0, "Nothing was graded"],
  ["print_much", 0, `${failed} printed more than 1048576 bytes`],
  ["right", 10, "All parts are right"],
] as const;

describe.each(machines)("on a machine of %s", (machine, before) => {
  test.each(attacks)("%s gets %d points and nothing else", async (name, score, words) => {
    const outcome = await grade(before, script(name), ["--memory", "500"]);
    const hasNamespaces = !machine.includes("without");
    const { evidence } = outcome;
    // Without a network namespace the network is open, which the report says.
    expect(hasNamespaces ? evidence : evidence.filter((one) => one !== "network"), outcome.stderr).toEqual([]);
    if (!hasNamespaces && score > 0) expect(outcome.text).toContain("the network is open");
    expect([outcome.score, outcome.text], outcome.stderr).toEqual([score, expect.stringContaining(words)]);
    expect(outcome.text).not.toMatch(/SECRET|0\.123456789|unprotected\./);
    expect(outcome.seconds).toBeLessThan(20);
  });

  test.each([
    ["a folder", (file: string) => mkdirSync(file), "compute.py is a folder, and must be a file"],
    ["a link to the task", (file: string) => symlinkSync("../tests/task.json", file), "compute.py is a link"],
    ["a FIFO", (file: string) => spawnSync("mkfifo", [file]), "compute.py is no regular file"],
    ["missing", () => undefined, "compute.py is missing"],
    [
      "larger than 1 MB",
      (file: string) => writeFileSync(file, "#".repeat(2 ** 20 + 1)),
      "compute.py is larger than 1 MB",
    ],
  ])("a compute.py that is %s is told, and nothing runs", async (_what, make, words) => {
    const { score, text, stderr } = await grade(before, (submission) => make(path.join(submission, "compute.py")));
    expect([score, text], stderr).toEqual([0, expect.stringContaining(words)]);
  });

  test("twenty right programs at the same time are right", async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => grade(before, script("right"), ["--timeout", "60"])),
    );
    expect(runs.map(({ score, stderr }) => `${score}${stderr}`)).toEqual(Array(20).fill("10"));
  });

  test("a crash on the visible case is told by its exception and the student's line", async () => {
    const crash = (submission: string) =>
      writeFileSync(path.join(submission, "compute.py"), "def compute(logits, labels):\n    return undefined_name\n");
    const { text } = await grade(before, crash);
    expect(text).toContain("ended with exit code 1, by NameError in line 2 of compute.py.");
    expect(text).not.toContain("undefined_name");
  });
});

// Unprotected, others would end, read or remove what belongs to that user.
const harmless = ["ask_network", "change_program", "claim_zeros", "tell_inputs", "right"];

describe.each(withoutMeans.map((before) => ({ before })))("on a machine without any means", ({ before }) => {
  test("nothing is run unless the command says --reachable", async () => {
    const { score, stderr } = await grade(before, script("right"));
    expect([score, stderr]).toEqual([0, expect.stringContaining("say --reachable, which promises nothing")]);
  });

  test.each(harmless)("the report of %s says that the run was unprotected", async (name) => {
    const { text, stderr } = await grade(before, script(name), ["--reachable"]);
    expect(text, stderr).toContain("This run was unprotected.");
  });
});
