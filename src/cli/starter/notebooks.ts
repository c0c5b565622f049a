import { templates } from "./templates.generated.ts";

/** What notebooks hold of a task: its cases as they are drawn, and no right answer. */
export interface Asked {
  readonly loss: string;
  readonly options: object;
  readonly outputs: readonly string[];
  readonly cases: readonly Readonly<Record<string, unknown>>[];
}

/** What each of the visible and the hidden cases is worth. */
const points = 5;

const isHidden = (one: Readonly<Record<string, unknown>>) => one["visibility"] === "hidden";

/** The cases as Python reads them. */
function literal(asked: Asked, hidden: boolean): string {
  const cases = asked.cases.filter((one) => isHidden(one) === hidden);
  return `json.loads(r"""${JSON.stringify({ ...asked, cases })}""")`;
}

/** The test file of Otter-Grader: without the hidden cases it is the students'. */
export function otterTest(asked: Asked, hasHidden: boolean): string {
  const test = (name: string, hidden: boolean) =>
    [
      "",
      "",
      `@test_case(points=${points}${hidden ? ", hidden=True" : ""})`,
      `def test_${name}(compute):`,
      `    ask(compute, ${literal(asked, hidden)})`,
    ].join("\n");
  return `"""An exception-based test of Otter-Grader: it takes compute from the notebook, and asks lossd.

The notebook's own kernel runs this: whatever a test knows, cases and lossd's answers, a student's code can read while it is
graded. Otter hides a hidden test from those alone who look at the files.
"""

${templates["ask.py"].trimEnd()}


from otter.test_files import test_case  # noqa: E402

OK_FORMAT = False
name = "compute"
${test("visible", false)}${hasHidden ? test("hidden", true) : ""}
`;
}

type Cell = Readonly<Record<string, unknown>>;

const lines = (text: string) => text.trimEnd().split(/(?<=\n)/);

function code(id: string, text: string, metadata: object = {}): Cell {
  return { cell_type: "code", id, execution_count: null, metadata, outputs: [], source: lines(text) };
}

function markdown(id: string, text: string): Cell {
  return { cell_type: "markdown", id, metadata: {}, source: lines(text) };
}

function notebook(cells: readonly Cell[]): object {
  const kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
  return { cells, metadata: { kernelspec, language_info: { name: "python" } }, nbformat: 4, nbformat_minor: 5 };
}

/** The students' notebook for Otter-Grader. */
export function otterNotebook(summary: string, compute: string): object {
  return notebook([
    code("open", "import otter\n\ngrader = otter.Notebook()"),
    markdown("what", summary),
    code("compute", compute),
    code("check", 'grader.check("compute")'),
  ]);
}

/** nbgrader's source notebook: a cell to fill in, one that students see the checks of, and one whose checks they do not. */
export function nbgraderNotebook(summary: string, compute: string, asked: Asked): object {
  const own = (id: string, fields: object) => ({
    nbgrader: { grade_id: id, locked: false, schema_version: 3, solution: false, task: false, grade: false, ...fields },
  });
  const graded = (id: string) => own(id, { locked: true, grade: true, points });
  const stub = /^( *)return None.*$/m;
  const solution = compute.replace(stub, "$1### BEGIN SOLUTION\n$&\n$1### END SOLUTION");
  const hidden = `### BEGIN HIDDEN TESTS\nask(compute, ${literal(asked, true)})\n### END HIDDEN TESTS`;
  return notebook([
    markdown("what", summary),
    code("compute", solution, own("compute", { solution: true })),
    code("visible", `${templates["ask.py"].trimEnd()}\n\n\nask(compute, ${literal(asked, false)})`, graded("visible")),
    code("hidden", hidden, graded("hidden")),
  ]);
}
