import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { describe as entryOf } from "#lossd/losses/schemas/catalogue.js";
import { post, startService } from "../harness/service.js";
import { lossd, start } from "./lossd.js";

const body = '{"logits":[[2.0,1.0,0.1]],"labels":[1]}';

test("compute prints what the service answers, to the byte", async () => {
  const service = await startService();
  const answer = await (await post(service, "cross_entropy", body)).text();
  await service.stop();
  expect(await lossd(["compute", "cross_entropy"], body)).toEqual({ code: 0, stdout: `${answer}\n`, stderr: "" });
});

test.each([
  ["a body that is not allowed", ["compute", "cce"], body.replace("1]}", "7]}"), {}, 2, "/labels/0: class index 7"],
  ["a body that is no JSON", ["compute", "cce"], "{", {}, 2, "not valid JSON"],
  ["an unknown loss", ["compute", "l2"], body, {}, 2, losses.map(({ name }) => name).join(", ")],
  ["too many numbers", ["compute", "cce"], body, { ELEMENTS_MAX: "2" }, 5, "ELEMENTS_MAX"],
  ["too many bytes", ["compute", "cce"], " ".repeat(2000), { BODY_BYTES_MAX: "1024" }, 5, "BODY_BYTES_MAX = 1024"],
  ["a bad configuration", ["serve"], "", { PORT: "x" }, 2, 'PORT="x"'],
  ["a curve's setting without a value", ["curve", "mse", "label"], "", {}, 2, 'name=value, but found "label"'],
  ["a curve's value out of its bound", ["curve", "mse", "points=1"], "", {}, 2, "/points: is 1, but must be"],
  ["an unknown command", ["train"], "", {}, 2, "unknown command"],
  ["an unknown option", ["losses", "--yaml"], "", {}, 2, "unknown option"],
  ["a missing argument", ["compute"], "", {}, 2, "missing required argument"],
  ["no command", [], "", {}, 2, "Usage: lossd"],
  ["a host that is not ours", ["serve"], "", { HOST: "192.0.2.1", PORT: "0", WORKERS: "1" }, 4, "cannot start"],
])(
  "%s ends with its exit code and words on stderr",
  async (_what, args, input, env: Record<string, string>, code, words) => {
    const ended = await lossd(args, input, env);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(words);
  },
);

describe("Node's cache of compiled code", () => {
  const inHome = async (XDG_CACHE_HOME: string) => {
    const { code, stderr } = await lossd(["losses"], "", { XDG_CACHE_HOME, NODE_COMPILE_CACHE: "" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  };

  test("lies in the user's own cache folder", async () => {
    const home = mkdtempSync(path.join(tmpdir(), "lossd-cache-"));
    await inHome(home);
    expect(readdirSync(path.join(home, "lossd"))).toHaveLength(1);
    rmSync(home, { recursive: true });
  });

  test.each([
    ["is not there", "/nowhere"],
    ["is no folder", "/dev/null"],
  ])("is left out where that %s", (_what, home) => inHome(home));
});

test("losses prints a table, and the catalogue as JSON", async () => {
  const table = await lossd(["losses"]);
  const lines = table.stdout.split("\n");
  for (const { name, summary } of losses) {
    const line = lines.find((one) => one.startsWith(`${name} `));
    expect(line).toContain(summary.slice(0, 20));
  }
  const { stdout } = await lossd(["losses", "--json"]);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify({ losses: losses.map(entryOf) })));
});

test("curve prints a picture, or the numbers that the service answers", async () => {
  const picture = await lossd(["curve", "focal,bce", "gamma=0,2", "label=0"]);
  expect(picture).toMatchObject({ code: 0, stderr: "" });
  expect(picture.stdout).toMatch(/^<svg [\s\S]*focal, gamma 2[\s\S]*<\/svg>\n$/);
  const service = await startService();
  const answer = await (await fetch(`${service.url}/v1/losses/mse/curve?points=5&label=2`)).text();
  await service.stop();
  const { stdout } = await lossd(["curve", "mse", "points=5", "label=2", "--json"]);
  expect(stdout).toBe(`${answer}\n`);
});

test("config prints the value in force", async () => {
  const { code, stdout } = await lossd(["config"], "", { PORT: "9123" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^PORT +9123 +8080 +a whole number/m);
});

test("the version is the package's, and help names every command", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await lossd(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  const help = await lossd(["--help"]);
  expect(help.code).toBe(0);
  for (const name of ["serve", "compute", "curve", "losses", "config", "healthcheck"])
    expect(help.stdout).toContain(name);
});

test("a reader that closes stdout early is no failure", async () => {
  const child = start(["losses", "--json"]);
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, stderr]).toEqual([0, ""]);
});

test("healthcheck follows readiness", async () => {
  const service = await startService();
  const env = { PORT: String(service.port), HOST: "0.0.0.0" };
  expect(await lossd(["healthcheck"], "", env)).toEqual({ code: 0, stdout: "", stderr: "" });
  service.app.lifecycle.startLeaving();
  const leaving = await lossd(["healthcheck"], "", env);
  expect([leaving.code, leaving.stderr.includes("draining")]).toEqual([1, true]);
  await service.stop();
  expect((await lossd(["healthcheck"], "", env)).code).toBe(1);
});
