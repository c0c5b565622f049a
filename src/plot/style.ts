/** The classes of a plot's lines, in order. */
export const colours = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"] as const;

/** Colour alone would not tell lines apart: from the second on they are dashed too. */
const dashes = ["none", "7 5", "2 4", "10 4 2 4", "12 6", "4 3", "1 5", "14 3 3 3"];

/** The picture brings its own paper: a dark scheme's bright text is lost on a page that is white all the same. */
const light = {
  paper: "#ffffff",
  ink: "#1c1f24",
  faint: "#5b6470",
  grid: "#e3e6ea",
  lines: ["#1a5fb4", "#b8410a", "#26783a", "#8a3ab0", "#8a6300", "#b3205c", "#0b7285", "#4d4d4d"],
};
const dark = {
  paper: "#15181d",
  ink: "#e8eaed",
  faint: "#a3abb6",
  grid: "#2c323a",
  lines: ["#78aeed", "#ffa657", "#7fd18c", "#d0a2f0", "#e5c453", "#ff8fb8", "#62d0e0", "#c4c4c4"],
};

function scheme(of: typeof light): string {
  return [
    `.paper{fill:${of.paper}}`,
    `text{fill:${of.ink}}`,
    `.subtitle,.tick,.remark{fill:${of.faint}}`,
    `.grid{stroke:${of.grid}}`,
    `.zero{stroke:${of.faint}}`,
    ...colours.map((name, i) => `.${name}{stroke:${of.lines[i]}}.mark.${name}{fill:${of.lines[i]}}`),
  ].join("");
}

/** The style sheet of a plot. */
export const style = [
  "text{font:13px system-ui,sans-serif;stroke:none}",
  ".title{font-size:19px;font-weight:600}",
  ".name{font-weight:600}",
  ".x{text-anchor:middle}.y{text-anchor:end}",
  ".tick{font-variant-numeric:tabular-nums}",
  ".line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}",
  ...colours.map((name, i) => `.${name},.${name} .line{stroke-dasharray:${dashes[i]}}`).slice(1),
  ".mark{stroke:none}",
  scheme(light),
  `@media(prefers-color-scheme:dark){${scheme(dark)}}`,
].join("");
