// Markdown, as far as the documentation's checks look: its fenced blocks and its links.

/**
 * The fenced blocks of a page, in order: language, text, line, and what the comment right before it says. `output` is the
 * text of the block that follows at once and holds what the first one prints.
 */
export function fencesOf(markdown) {
  const lines = markdown.split("\n");
  const fences = [];
  for (let i = 0; i < lines.length; i++) {
    const opening = /^( *)```(\w+)$/.exec(lines[i]);
    if (!opening) continue;
    const end = lines.findIndex((line, at) => at > i && line.trim() === "```");
    if (end < 0) throw new Error(`line ${i + 1}: a block that does not end`);
    const text = lines.slice(i + 1, end).map((line) => line.slice(opening[1].length));
    fences.push({ language: opening[2], text: text.join("\n"), line: i + 1, end, comment: commentBefore(lines, i) });
    i = end;
  }
  for (const [at, fence] of fences.entries()) {
    const next = fences[at + 1];
    const between = next && lines.slice(fence.end + 1, next.line - 1);
    const follows = between?.every((line) => line === "" || /^<!-- .* -->$/.test(line));
    if (follows && printable.includes(next.language)) fence.output = next.text;
  }
  return fences;
}

const printable = ["text", "json", "markdown"];

function commentBefore(lines, at) {
  return /^\s*<!-- (.*) -->$/.exec(lines[at - 1] ?? "")?.[1] ?? "";
}

/** Where the links and pictures of a page lead, with the lines they stand in. Code is no link. */
export function linksOf(markdown) {
  const prose = markdown.replace(/^( *)```\w+\n[\s\S]*?^\1```$/gm, (block) => block.replace(/[^\n]/g, ""));
  const links = [];
  for (const [at, line] of prose.split("\n").entries()) {
    const text = line.replace(/`[^`]*`/g, "");
    for (const match of text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)) {
      links.push({ target: match[1] ?? match[2], line: at + 1 });
    }
  }
  return links;
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(markdown) {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
