import { engine } from "../../engine/instance.ts";
import { cases as casesOf } from "../../grading/requests.ts";
import { hmac } from "../../grading/task/random.ts";
import type { Loss } from "../../losses/loss.ts";
import { describe } from "../../losses/schemas/catalogue.ts";
import { nbgraderNotebook, otterNotebook, otterTest } from "./notebooks.ts";
import { templates } from "./templates.generated.ts";

export const hosts = ["gradescope", "prairielearn", "pytest", "classroom50", "otter", "nbgrader"] as const;
export type Host = (typeof hosts)[number];

/** A file of the starter, by its path in the folder. */
export interface StarterFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** What an assignment for a host consists of, of a linear model where it says how many features: the same loss, host and secret give the same bytes. */
export function starterFiles(loss: Loss, host: Host, secret: string, features?: number): StarterFile[] {
  const task = taskOf(loss, secret, features);
  const text = {
    task: json(task),
    visible: json(visibleOf(task)),
    compute: fill(templates[features === undefined ? "compute.py" : "compute_model.py"], loss, features),
    program: templates["program.py"],
  };
  const student = [
    file("student/compute.py", text.compute),
    file("student/program.py", text.program),
    file("student/visible.json", text.visible),
  ];
  if (host === "gradescope") {
    return [
      ...student,
      file("autograder/setup.sh", templates["setup.sh"], true),
      file("autograder/run_autograder", templates["run_autograder"], true),
      file("autograder/task.json", text.task),
      file("autograder/program.py", text.program),
    ];
  }
  if (host === "prairielearn") {
    return [
      file("info.json", json(questionOf(loss, secret))),
      file("question.html", fill(templates["question.html"], loss, features)),
      file("compute.py", text.compute),
      file("tests/grade.sh", templates["grade.sh"], true),
      file("tests/task.json", text.task),
      file("tests/program.py", text.program),
    ];
  }
  if (host === "classroom50") {
    return [
      ...student,
      file("autograder/autograder.py", templates["autograder.py"]),
      file("autograder/task.json", json(wholePoints(task))),
      file("autograder/program.py", text.program),
    ];
  }
  if (host === "otter" || host === "nbgrader") return notebookFiles(loss, host, task, text.compute);
  return [
    ...student,
    file("student/lossd_check.py", templates["lossd_check.py"]),
    file("student/test_compute.py", templates["test_compute.py"]),
    file("teacher/task.json", text.task),
  ];
}

/** The notebooks' own hosts run tests in the student's kernel: there is no program to be run, and nothing is kept from it. */
function notebookFiles(loss: Loss, host: "otter" | "nbgrader", task: Assignment, compute: string): StarterFile[] {
  const { summary } = describe(loss);
  const { cases } = casesOf(engine(), { task });
  const asked = { loss: task.loss, options: {}, outputs: task.parts.map(({ output }) => output), cases };
  const check = templates["lossd_check.py"];
  if (host === "nbgrader") {
    return [
      file("source/loss/compute.ipynb", json(nbgraderNotebook(summary, compute, asked))),
      file("source/loss/lossd_check.py", check),
    ];
  }
  return [
    file("student/compute.ipynb", json(otterNotebook(summary, compute))),
    file("student/tests/compute.py", otterTest(asked, false)),
    file("student/lossd_check.py", check),
    file("autograder/tests/compute.py", otterTest(asked, true)),
    file("autograder/lossd_check.py", check),
  ];
}

/** A hundred points in place of ten: the halves of a case's parts are then whole numbers. */
function wholePoints({ parts, ...task }: Assignment): object {
  return { ...task, parts: parts.map(({ output, points }) => ({ output, points: 10 * points })) };
}

type Assignment = ReturnType<typeof taskOf>;

/** Points a part, and two draws of different size: a normaliser's mistake shows itself where sizes differ. */
function taskOf(loss: Loss, secret: string, features: number | undefined) {
  const ofModel = features !== undefined && { features };
  const regularised = features !== undefined && { l2: 0.05 };
  return {
    loss: loss.name,
    parts: [
      { output: "loss", points: 2 },
      { output: "losses", points: 3 },
      ...(ofModel
        ? [
            { output: "gradients_weights", points: 3 },
            { output: "gradients_bias", points: 2 },
          ]
        : [{ output: "gradients", points: 5 }]),
    ],
    feedback: "diagnosis",
    draw: 3,
    secret,
    cases: [
      { id: "visible", visibility: "visible", generate: { ...ofModel }, ...regularised },
      { id: "hidden", visibility: "hidden", generate: { rows: 11, ...ofModel }, ...regularised },
    ],
  };
}

/** The visible cases as a program gets them. */
function visibleOf(task: ReturnType<typeof taskOf>): object {
  const { cases } = casesOf(engine(), { task });
  const visible = cases.filter((one) => one["visibility"] !== "hidden");
  return { loss: task.loss, options: {}, cases: visible.map(({ visibility: _visibility, ...one }) => one) };
}

/** info.json of a PrairieLearn question. Its id, which students see, tells nothing of the secret. */
function questionOf(loss: Loss, secret: string): object {
  const digits = hmac(secret, `uuid of ${loss.name}`).toString("hex");
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return {
    uuid,
    title: `${loss.name}: loss and gradient`,
    topic: "Loss functions",
    type: "v3",
    gradingMethod: "External",
    externalGradingOptions: {
      enabled: true,
      image: "prairielearn/grader-python",
      entrypoint: "/grade/tests/grade.sh",
      timeout: 60,
    },
  };
}

function fill(template: string, loss: Loss, features: number | undefined): string {
  const { summary, formula, labels } = describe(loss);
  const isModel = features !== undefined;
  const values: Record<string, string> = {
    signature: `compute(${isModel ? "inputs, weights, bias, labels, l2" : "logits, labels"}, **options)`,
    returned: `the loss, the losses and the gradients${isModel ? " by weights and bias" : ""}`,
    summary,
    formula: formula.text,
    logits: loss.kind === "rowwise" ? "a list of rows, one an example, with a number a class" : "a list of numbers",
    labels,
    options:
      Object.keys(loss.options.properties).length === 0 ? "" : `: ${Object.keys(loss.options.properties).join(", ")}`,
  };
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!);
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

function file(path: string, text: string, executable = false): StarterFile {
  return { path, bytes: new TextEncoder().encode(text), executable };
}
