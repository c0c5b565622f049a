// Pictures of the running product in a browser, light and dark, in docs/pictures/. It needs Chromium; which one says
// CHROMIUM, else Debian's is taken.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { startService } from "./service.mjs";

const start = { path: "/#/?z=-4&y=1", ready: "tbody td", schemes: ["light", "dark"] };
const shots = [
  { name: "page", ...start, width: 1160, height: 680 },
  { name: "page-phone", ...start, width: 360, height: 640 },
  // Swagger UI has no dark scheme.
  { name: "api-docs", path: "/docs", ready: ".opblock-tag", schemes: ["light"], width: 1100, height: 760 },
];

/** Browsers and fonts draw a little apart: more pixels than this are another picture. */
const differentMax = 0.01;

/** Takes each picture anew, or with `isCheck` says which of the committed ones is another. */
export async function takePictures(isCheck) {
  mkdirSync("docs/pictures", { recursive: true });
  const service = await startService();
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  const faults = [];
  try {
    for (const shot of shots) {
      for (const scheme of shot.schemes) {
        const file = `docs/pictures/${shot.name}-${scheme}.png`;
        const { picture, complaints } = await take(browser, service.url, shot, scheme);
        faults.push(...complaints.map((complaint) => `${shot.path}: ${complaint}`));
        if (!isCheck) {
          writeFileSync(file, picture);
          console.log(`wrote ${file}`);
        } else if (!existsSync(file)) faults.push(`there is no ${file}`);
        else {
          const share = await differentShare(browser, picture, readFileSync(file));
          if (share > differentMax) faults.push(`${file}: ${(100 * share).toFixed(1)} % of its pixels are others now`);
        }
      }
    }
    return faults;
  } finally {
    await browser.close();
    await service.stop();
  }
}

async function take(browser, url, { path, ready, width, height }, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(new URL(path, url).href, { waitUntil: "networkidle" });
  await page.waitForSelector(ready);
  const picture = await page.screenshot();
  await page.close();
  return { picture, complaints };
}

/** The share of pixels that differ by more than the smoothing of edges does; all of them if the sizes differ. */
async function differentShare(browser, ...pictures) {
  const page = await browser.newPage();
  const share = await page.evaluate(
    async (texts) => {
      const [one, other] = await Promise.all(
        texts.map(async (text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      if (one.width !== other.width || one.height !== other.height) return 1;
      let different = 0;
      for (let i = 0; i < one.data.length; i += 4) {
        const differs = [0, 1, 2].some((channel) => Math.abs(one.data[i + channel] - other.data[i + channel]) > 32);
        if (differs) different++;
      }
      return different / (one.width * one.height);
    },
    pictures.map((picture) => picture.toString("base64")),
  );
  await page.close();
  return share;
}
