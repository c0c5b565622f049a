/** The classes of a plot's lines, in order. The second is dashed too: colour alone would not tell them apart. */
export const colours = ["first", "second"] as const;

/** The picture brings its own paper: a dark scheme's bright text is lost on a page that is white all the same. */
const light = {
  paper: "#ffffff",
  ink: "#1c1f24",
  faint: "#5b6470",
  grid: "#e3e6ea",
  first: "#1a5fb4",
  second: "#b8410a",
};
const dark = {
  paper: "#15181d",
  ink: "#e8eaed",
  faint: "#a3abb6",
  grid: "#2c323a",
  first: "#78aeed",
  second: "#ffa657",
};

function scheme(of: typeof light): string {
  return [
    `.paper{fill:${of.paper}}`,
    `text{fill:${of.ink}}`,
    `.subtitle,.tick{fill:${of.faint}}`,
    `.grid{stroke:${of.grid}}`,
    `.zero{stroke:${of.faint}}`,
    `.first{stroke:${of.first}}`,
    `.second{stroke:${of.second}}`,
  ].join("");
}

/** The style sheet of a plot. */
export const style = [
  "text{font:13px system-ui,sans-serif;stroke:none}",
  ".title{font-size:19px;font-weight:600}",
  ".x{text-anchor:middle}.y{text-anchor:end}",
  ".tick{font-variant-numeric:tabular-nums}",
  ".line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}",
  ".second,.second .line{stroke-dasharray:7 5}",
  scheme(light),
  `@media(prefers-color-scheme:dark){${scheme(dark)}}`,
].join("");
