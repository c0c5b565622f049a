/**
 * Typesets a formula once the pictures are there; until then, and where it cannot, the words of the formula stand. KaTeX
 * writes MathML, which the browser itself draws: fonts and styles of its own would be against the page's policy.
 */
export async function typeset(place: HTMLElement, latex: string): Promise<void> {
  const { default: katex } = await import("katex");
  katex.render(latex, place, { output: "mathml", throwOnError: false, strict: false });
}
