// The tests as a mutant meets them: in the order that is most likely to find it, until the first failure. What happens goes
// to descriptor 3, a JSON text a line.
import { writeSync } from "node:fs";
import path from "node:path";
import { BaseSequencer } from "vitest/node";
import project from "../../vitest.config.ts";

const { order, recording, limitMs, workers } = JSON.parse(process.env.MUTATIONS_RUN);
const nameOf = (file) => path.relative(process.cwd(), file);
const say = (event) => writeSync(3, `${JSON.stringify(event)}\n`);

class Ordered extends BaseSequencer {
  sort(files) {
    const rank = (file) => order.indexOf(nameOf(file.moduleId));
    return files.toSorted((one, other) => rank(one) - rank(other));
  }
}

const reporter = {
  onTestModuleQueued: ({ moduleId }) => say({ started: nameOf(moduleId) }),
  onTestModuleEnd(module) {
    const failed = [...module.children.allTests("failed")].map(({ fullName }) => fullName);
    const errors = module.errors().map(({ message }) => message);
    const { duration, collectDuration, setupDuration } = module.diagnostic();
    const ms = Math.round(duration + collectDuration + setupDuration);
    say({ ended: nameOf(module.moduleId), ms, failed: [...failed, ...errors] });
  },
};

export default {
  test: {
    ...project.test,
    include: order,
    bail: recording ? 0 : 1,
    testTimeout: limitMs,
    hookTimeout: limitMs,
    maxWorkers: workers,
    sequence: { sequencer: Ordered },
    setupFiles: recording ? ["bench/mutations/name_test.mjs"] : [],
    reporters: [reporter],
  },
};
