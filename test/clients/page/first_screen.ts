import type { Page } from "playwright-core";
import { ask } from "../service.ts";
import { type Check, close, expect, numbersOf } from "./check.ts";
import { isSettled, open } from "./reader.ts";

interface Answer {
  readonly losses: readonly number[];
  readonly gradients: readonly number[];
}

const rows = { "cross-entropy": "binary_cross_entropy", "squared error": "mse_sigmoid" };

async function expectAnswers(page: Page, url: string, z: number, y: number): Promise<void> {
  for (const [name, loss] of Object.entries(rows)) {
    const { losses, gradients } = await ask<Answer>(url, loss, { logits: [z], labels: [y] });
    const seen = await numbersOf(page, name);
    const right = [losses[0], gradients[0]];
    expect(String(seen) === String(right), `${name} at z = ${z}, y = ${y}: ${seen}, the service says ${right}`);
  }
}

const shapeOf = (page: Page) => page.locator(".chart svg").first().innerHTML();

/** The first screen, and how the page asks the service. */
export const firstScreen: readonly Check[] = [
  {
    name: "the first screen shows worked example 1, with the focus on its slider and both on 360 × 640",
    async run(browser, url) {
      const reader = await open(browser, url, "", { width: 360, height: 640 });
      const { page } = reader;
      await page.locator("tbody td").first().waitFor();
      await expectAnswers(page, url, -2, 1);
      expect((await page.locator(":focus").getAttribute("id")) === "z", "the slider has not the focus");
      for (const part of [".pair", "#z"]) {
        const { y, height } = (await page.locator(part).boundingBox())!;
        expect(y >= 0 && y + height <= 640, `${part} ends at ${y + height} px of 640`);
      }
      await close(reader);
    },
  },
  {
    name: "a key on the slider moves the plot, its numbers and the address",
    async run(browser, url) {
      const reader = await open(browser, url, "");
      const { page } = reader;
      await page.locator("tbody td").first().waitFor();
      const before = await shapeOf(page);
      await page.keyboard.press("ArrowLeft");
      await page.waitForURL(/z=-2\.1/);
      await isSettled(page);
      await expectAnswers(page, url, -2.1, 1);
      expect((await shapeOf(page)) !== before, "the plot stands still");
      await page.getByRole("button", { name: "0", exact: true }).click();
      await isSettled(page);
      await expectAnswers(page, url, -2.1, 0);
      await page.reload();
      await isSettled(page);
      await expectAnswers(page, url, -2.1, 0);
      await close(reader);
    },
  },
  {
    name: "a slider has one request in flight, and its last place wins",
    async run(browser, url) {
      const reader = await open(browser, url, "");
      const { page } = reader;
      await isSettled(page);
      let [inFlight, most, asked] = [0, 0, 0];
      await page.route("**/v1/**", async (route) => {
        most = Math.max(most, ++inFlight);
        asked++;
        const response = await route.fetch();
        inFlight--;
        await route.fulfill({ response });
      });
      for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
      await page.waitForURL(/z=1&/);
      await isSettled(page);
      await expectAnswers(page, url, 1, 1);
      expect(most === 1 && asked < 60, `${most} requests in flight, ${asked} in all`);
      await close(reader);
    },
  },
  {
    name: "a busy service shows as waiting, and is asked again",
    async run(browser, url) {
      const { page } = await open(browser, url, "");
      await isSettled(page);
      let busy = true;
      await page.route("**/v1/**", (route) =>
        busy ? route.fulfill({ status: 429, headers: { "retry-after": "1" }, body: "{}" }) : route.continue(),
      );
      await page.keyboard.press("ArrowRight");
      await page.getByText("The service is busy").waitFor();
      busy = false;
      await page.locator("#status:empty").waitFor({ state: "attached" });
      await isSettled(page);
      await expectAnswers(page, url, -1.9, 1);
      await page.close();
    },
  },
  {
    name: "a service that does not answer is said loudly, and Try again goes on",
    async run(browser, url) {
      const { page } = await open(browser, url, "");
      await isSettled(page);
      await page.route("**/v1/**", (route) => route.abort());
      await page.keyboard.press("ArrowRight");
      await page.getByRole("alert").getByText("The service does not answer.").waitFor();
      await page.unroute("**/v1/**");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.locator(".alert").waitFor({ state: "detached" });
      await expectAnswers(page, url, -1.9, 1);
      await page.close();
    },
  },
];
