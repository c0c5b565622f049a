import type { Page } from "playwright-core";
import { type Check, close, expect } from "./check.ts";
import { isSettled, open } from "./reader.ts";

const drawn = (page: Page) => page.locator(".pictures").innerHTML();

async function losses(url: string): Promise<string[]> {
  const reply = (await (await fetch(`${url}/v1/losses`)).json()) as { losses: { name: string }[] };
  return reply.losses.map(({ name }) => name);
}

export const exploring: readonly Check[] = [
  {
    name: "every loss is drawn, and each slider of it moves the plot",
    async run(browser, url) {
      const names = await losses(url);
      const reader = await open(browser, url, "#/explore");
      const { page } = reader;
      let moved = 0;
      for (const name of names) {
        await page.locator("select#loss").selectOption(name);
        await page.locator(`.about h2:text-is("${name.replaceAll("_", " ")}")`).waitFor();
        await isSettled(page);
        expect((await page.locator(".pictures svg .line").count()) >= 3, `${name} is not drawn`);
        for (const slider of await page.locator(".options input[type=range]").all()) {
          const before = await drawn(page);
          const isAtEnd = (await slider.inputValue()) === (await slider.getAttribute("max"));
          await slider.press(isAtEnd ? "PageDown" : "PageUp");
          await isSettled(page);
          expect((await drawn(page)) !== before, `${name}: ${await slider.getAttribute("id")} moves nothing`);
          moved++;
        }
      }
      expect(moved > 15, `only ${moved} sliders`);
      await close(reader);
    },
  },
  {
    name: "a refused option is told at its field, and a mended one takes it away",
    async run(browser, url) {
      const { page } = await open(browser, url, "#/explore?curve=focal");
      await isSettled(page);
      const alpha = page.locator('[data-field="alpha"]');
      await alpha.locator("input").fill("2");
      await alpha.getByText("is 2, but must be").waitFor();
      await alpha.locator("input").fill("0.25");
      await isSettled(page);
      expect((await alpha.locator(".fault").innerText()) === "", "the fault stays");
      await page.close();
    },
  },
  {
    name: "kept curves lie over each other, stand in the address, and go again",
    async run(browser, url) {
      const reader = await open(browser, url, "#/explore?curve=focal;gamma:5");
      const { page } = reader;
      await isSettled(page);
      await page.getByRole("button", { name: "Keep this curve" }).click();
      await page.locator("select#loss").selectOption("hinge");
      await page.waitForURL(/curve=hinge.*keep=focal/);
      await page.reload();
      await isSettled(page);
      expect((await page.locator(".pictures tbody tr").count()) === 2, "the kept curve is lost");
      await page.getByRole("button", { name: "Remove focal, gamma 5" }).click();
      await isSettled(page);
      expect((await page.locator(".pictures tbody tr").count()) === 1, "the curve stays");
      await close(reader);
    },
  },
  {
    name: "a kink is upright, and the least loss is marked and told",
    async run(browser, url) {
      const reader = await open(browser, url, "#/explore?curve=hinge");
      const { page } = reader;
      await isSettled(page);
      const steps = (await page.locator(".pictures .chart").nth(1).locator("path.line").getAttribute("d"))!.split(
        /[ML]/,
      );
      const isUpright = steps.some((step, i) => i > 1 && step.split(" ")[0] === steps[i - 1]!.split(" ")[0]);
      expect(isUpright, "the gradient's jump is a slope");
      expect((await page.locator(".pictures .ring").count()) === 1, "the least loss has no ring");
      expect((await page.locator(".least").innerText()) === "0 at z = 1", await page.locator(".least").innerText());
      await close(reader);
    },
  },
  {
    name: "formulas are typeset",
    async run(browser, url) {
      const reader = await open(browser, url, "#/explore?curve=mse_sigmoid");
      await reader.page.locator(".math math").nth(1).waitFor();
      await close(reader);
    },
  },
  {
    name: "Back leads to the page before, as it was",
    async run(browser, url) {
      const reader = await open(browser, url, "#/?z=1.5&y=0");
      const { page } = reader;
      await isSettled(page);
      await page.locator('.doors a[href="#/explore"]').press("Enter");
      await page.locator("h1:text-is('Explore every loss')").waitFor();
      await page.goBack();
      await page.locator(".hero").waitFor();
      expect((await page.locator("#z").inputValue()) === "1.5", "z is lost");
      await close(reader);
    },
  },
  {
    name: "each picture of Why not MSE is drawn, and descent counts its steps",
    async run(browser, url) {
      const reader = await open(browser, url, "#/why");
      const { page } = reader;
      for (const scene of await page.locator(".scene").all()) {
        await scene.scrollIntoViewIfNeeded();
        await scene.locator("figure.chart svg").first().waitFor();
      }
      const told = page.locator(".scene", { hasText: "Descent from a wrong start" }).locator(".told");
      await told.getByText(/Cross-entropy is there after \d+ steps\. Squared error is not there after 60/).waitFor();
      await close(reader);
    },
  },
];
