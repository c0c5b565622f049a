// Before each test file of a recording: what it starts inherits its name.
import path from "node:path";
import { expect } from "vitest";

process.env.MUTATIONS_TEST = path.relative(process.cwd(), expect.getState().testPath);
