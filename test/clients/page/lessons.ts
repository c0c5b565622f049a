import type { Page } from "playwright-core";
import { type Check, close, expect } from "./check.ts";
import { isSettled, open } from "./reader.ts";

/** The numbers of the text behind the lessons, in the order in which they are asked for. */
const known: Readonly<Record<string, readonly number[]>> = {
  "example-1": [2.1269, -0.8808, -0.185],
  "example-2": [1.417, 0.659, -0.7576, 0.0986],
  "example-3": [0.0513, 2.996, 0.000128, 2.704],
  "practice-1": [0.9074, 0.086, 3.0486, 0.9526],
  "proof-2": [0.659],
  "practice-3": [1, 0, -1],
  "practice-5": [0.3251, Number.POSITIVE_INFINITY],
  "quiz-4": [2.1269, 2.1269],
  "quiz-5": [1.5, 1],
};

const digits = 5e-4;

async function revealed(page: Page): Promise<number[]> {
  await page.getByRole("button", { name: "Show the answer" }).click();
  await page.locator(".result td").first().waitFor();
  const cells = await page.locator(".result td").all();
  return Promise.all(cells.map(async (cell) => Number(await cell.getAttribute("title"))));
}

async function answer(page: Page, numbers: readonly string[]): Promise<string> {
  const fields = await page.locator(".asked input").all();
  for (const [i, number] of numbers.entries()) await fields[i]!.fill(number);
  await page.getByRole("button", { name: "Check my answer" }).click();
  await page.locator(".result p").first().waitFor();
  await isSettled(page);
  return page.locator(".result").innerText();
}

export const lessons: readonly Check[] = [
  {
    name: "every lesson gives the text's numbers, and not before it is asked",
    async run(browser, url) {
      const reader = await open(browser, url, "#/lessons");
      for (const [id, numbers] of Object.entries(known)) {
        await reader.page.locator(`.steps a[href="#/lessons?at=${id}"]`).click();
        await reader.page.locator(`.steps a[href="#/lessons?at=${id}"][aria-current]`).waitFor();
        expect((await reader.page.locator(".result").innerText()) === "", `${id} shows its answer at once`);
        const seen = await revealed(reader.page);
        const isRight = numbers.every((number, i) => number === seen[i] || Math.abs(number - seen[i]!) < digits);
        expect(isRight && seen.length === numbers.length, `${id}: ${seen} instead of ${numbers}`);
      }
      await close(reader);
    },
  },
  {
    name: "a right answer passes, whatever its digits, and a wrong one is told what it looks like",
    async run(browser, url) {
      const reader = await open(browser, url, "#/lessons?at=example-1");
      const { page } = reader;
      expect((await answer(page, ["2.13", "−0.8808", "-0,185"])).includes("All right"), "right answers do not pass");
      const told = await answer(page, ["2.1269", "0.8808", "-0.185"]);
      expect(/sign|other way|minus/i.test(told) && !told.includes("All right"), `a wrong sign: ${told}`);
      expect((await page.locator(".verdict.wrong").count()) === 1, "the wrong number is not marked");
      await close(reader);
    },
  },
  {
    name: "a lesson leads to its picture",
    async run(browser, url) {
      const reader = await open(browser, url, "#/lessons?at=practice-5");
      const { page } = reader;
      await revealed(page);
      await page.getByRole("link", { name: "Move what the model says" }).click();
      const scene = page.locator(".scene", { hasText: "Ninety to ten" });
      await scene.locator("svg[role=img]").waitFor();
      const { y } = (await scene.boundingBox())!;
      expect(y > -10 && y < 800, `its picture is at ${y} px of 800`);
      await close(reader);
    },
  },
  {
    name: "infinity can be an answer",
    async run(browser, url) {
      const reader = await open(browser, url, "#/lessons?at=practice-5");
      expect((await answer(reader.page, ["0.325", "inf"])).includes("All right"), "infinity does not pass");
      await close(reader);
    },
  },
  {
    name: "of a quiz's answers the right one shows the numbers behind it",
    async run(browser, url) {
      const reader = await open(browser, url, "#/lessons?at=quiz-2");
      const { page } = reader;
      await page.getByRole("button", { name: "(σ(z) − y) / σ′(z)" }).click();
      expect((await page.locator(".result").innerText()).startsWith("Not"), "a wrong answer is not said to be so");
      await page.getByRole("button", { name: "σ(z) − y", exact: true }).click();
      await page.locator(".result td").first().waitFor();
      await close(reader);
    },
  },
];
