import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isSea } from "node:sea";
import { gzipSync } from "node:zlib";
import { Command, InvalidArgumentError, Option } from "commander";
import { makeFolder } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print } from "../output.ts";
import { lossNamed } from "../refusal.ts";
import { type Host, hosts, type StarterFile, starterFiles } from "../starter/files.ts";
import { zipOf } from "../starter/zip.ts";

interface Options {
  readonly loss: string;
  readonly for: Host;
  readonly secret?: string;
  readonly features?: number;
}

export const init = new Command("init")
  .description("write a starter for an assignment: a student's file in Python, a task and what the host runs")
  .argument("<dir>", "a folder that is empty or not there yet")
  .requiredOption("--loss <loss>", "a loss or an alias; `lossd losses` lists them")
  .addOption(new Option("--for <host>", "where it is graded").choices(hosts).makeOptionMandatory())
  .option(
    "--secret <hex>",
    "draw the cases from these 32 hex digits, which no student may know (default: random)",
    secretOf,
  )
  .option(
    "--features <count>",
    "grade a linear model of so many features: its loss, and its gradients by weights and bias",
    count,
  )
  .action(async (folder: string, { loss: name, for: host, secret = newSecret(), features }: Options) => {
    const loss = lossNamed(name);
    await refuseFull(folder);
    const files = [...starterFiles(loss, host, secret, features), ...(await ownExecutable(host))];
    if (host === "gradescope") {
      files.push({ path: "autograder.zip", bytes: zipOf(files, "autograder"), executable: false });
    }
    await makeFolder(folder);
    for (const file of files) await write(folder, file);
    await print(next(folder, host));
  });

async function refuseFull(folder: string): Promise<void> {
  try {
    const [first] = await readdir(folder);
    if (first !== undefined) throw new Failure(exitCodes.usage, `${folder} is not empty: it holds ${first}`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new Failure(exitCodes.usage, `${folder} cannot be used: ${message}`);
  }
}

const executablePath: Record<Host, string | undefined> = {
  gradescope: "autograder/lossd",
  // GitHub, from which courses are synced, refuses files above 100 MB: grade.sh unpacks this one.
  prairielearn: "tests/lossd.gz",
  pytest: undefined,
  classroom50: "autograder/lossd.gz",
  otter: undefined,
  nbgrader: undefined,
};

/** The executable hands itself on to the host; as a package there is none to hand on. */
async function ownExecutable(host: Host): Promise<StarterFile[]> {
  const file = executablePath[host];
  if (file === undefined || !isSea()) return [];
  const bytes = await readFile(process.execPath);
  if (file.endsWith(".gz")) return [{ path: file, bytes: gzipSync(bytes), executable: false }];
  return [{ path: file, bytes, executable: true }];
}

async function write(folder: string, { path: name, bytes, executable }: StarterFile): Promise<void> {
  const file = path.join(folder, name);
  // The folder itself is there: as root, a program that runs as nobody has to get through it to the student's files.
  await makeFolder(path.dirname(file), name.startsWith("teacher/") ? 0o700 : 0o777);
  try {
    await writeFile(file, bytes, { mode: executable ? 0o755 : 0o644, flag: "wx" });
  } catch (error) {
    throw new Failure(exitCodes.internal, `${file} cannot be written: ${(error as Error).message}`);
  }
}

function next(folder: string, host: Host): string {
  const at = (name: string) => path.join(folder, name);
  const copyTo = (name: string) => `Copy lossd's executable (npm run executable) to ${at(name)}`;
  const lines: Record<Host, readonly string[]> = {
    gradescope: [
      `Hand out ${at("student/")}: compute.py is what students fill in, try (python3 program.py < visible.json) and submit.`,
      isSea()
        ? `lossd is in ${at("autograder/")} and in the zip already.`
        : `${copyTo("autograder/lossd")}, then (cd ${at("autograder")} && zip -r ../autograder.zip .).`,
      `Upload ${at("autograder.zip")} under Configure Autograder, and set the assignment to 10 points.`,
    ],
    prairielearn: [
      `Put ${folder} into your course's questions/ folder: compute.py is what students start from.`,
      isSea() ? `lossd is in ${at("tests/lossd.gz")} already; grade.sh unpacks it.` : `${copyTo("tests/lossd")}.`,
      `Add the question to an assessment, and sync the course.`,
    ],
    pytest: [
      `Hand out ${at("student/")}: compute.py is what students fill in.`,
      `They run (cd ${at("student")} && LOSSD=lossd python3 -m pytest); LOSSD_URL names a service instead.`,
      `Grade: lossd run --reachable --task ${at("teacher/task.json")} --quiet --markdown ${at("teacher/report.md")} -- python3 ${at("student/program.py")}`,
    ],
    classroom50: [
      `Hand out ${at("student/")} as the template: compute.py is what students fill in and push.`,
      isSea()
        ? `Copy ${at("autograder/")} to CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 repository; lossd is in it.`
        : `${copyTo("autograder/lossd")}, and the folder to CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 repository.`,
      "That folder is published: whoever finds its address can read task.json, and so draw the hidden cases.",
    ],
    otter: [
      `Hand out ${at("student/")}: compute.ipynb is what students fill in; LOSSD names lossd, or LOSSD_URL a service.`,
      `Grade with the tests in ${at("autograder/tests/")}, lossd_check.py and lossd beside them.`,
      "The student's kernel runs the tests: it can read the hidden cases and ask lossd for every answer.",
    ],
    nbgrader: [
      `Put ${at("source/loss/")} into your course's source/ folder, then: nbgrader generate_assignment loss.`,
      "Where it is graded, and for students' own checks, LOSSD names lossd or LOSSD_URL a service.",
      "The student's kernel runs the tests: it can read the hidden cases and ask lossd for every answer.",
    ],
  };
  return `${lines[host].join("\n")}\n`;
}

/** 128 bits: too many to try them all against what a visible case shows. */
const newSecret = () => randomBytes(16).toString("hex");

function secretOf(text: string): string {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("It must be 32 hex digits, as of: openssl rand -hex 16");
}

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number from 1 to 999.");
}
