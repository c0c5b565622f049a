// docs/command-line.md: what `lossd --help` says, command by command.
import { execFileSync } from "node:child_process";

const help = (...words) => execFileSync(process.execPath, ["dist/main.js", ...words, "--help"], { encoding: "utf8" });

/** The page, with the help of every command that the first one lists. */
export function commandPage() {
  const all = help();
  const list = all.slice(all.indexOf("Commands:"));
  const names = [...list.matchAll(/^ {2}([a-z]+)\b/gm)].map((match) => match[1]).filter((name) => name !== "help");
  const sections = names.map((name) => `## lossd ${name}\n\n\`\`\`text\n${help(name).trimEnd()}\n\`\`\``);
  return `${[
    "<!-- Written by npm run docs. -->",
    "# Command line",
    "`lossd` computes, draws and grades without a server, and `lossd serve` is the server. After `npm ci && npm run build` it is `node dist/main.js`; `npm run executable` makes one file that needs no Node.",
    `\`\`\`text\n${all.trimEnd()}\n\`\`\``,
    ...sections,
  ].join("\n\n")}\n`;
}
