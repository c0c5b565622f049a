import { readAddress } from "./address.ts";
import { el } from "./elements.ts";
import { clearAlert, showAlert } from "./service/status.ts";
import type { View } from "./view.ts";
import { start } from "./views/start.ts";

/** The pages by their names in the URL. Only the first one is loaded with the page. */
const views: Record<string, { readonly name: string; readonly load: () => View | Promise<View> }> = {
  "": { name: "Start", load: () => start },
  lessons: { name: "Lessons", load: () => import("./views/lessons.ts").then((module) => module.lessonsView) },
  why: { name: "Why not MSE", load: () => import("./views/why.ts").then((module) => module.why) },
  explore: { name: "Explore", load: () => import("./views/explore.ts").then((module) => module.explore) },
  compute: { name: "Compute", load: () => import("./views/compute.ts").then((module) => module.computeView) },
  check: { name: "Check", load: () => import("./views/check.ts").then((module) => module.checkView) },
};

const main = document.getElementById("main")!;

async function show(): Promise<void> {
  const { page, settings } = readAddress();
  const { load } = views[page] ?? views[""]!;
  let view: View;
  try {
    view = await load();
  } catch {
    showAlert(
      "This page could not be loaded.",
      `Nothing answers at ${location.host}. Is lossd still running there?`,
      () => location.reload(),
    );
    return;
  }
  clearAlert();
  main.replaceChildren();
  document.title = `${view.title} · lossd`;
  for (const link of document.querySelectorAll("header nav a")) {
    const isHere = link.getAttribute("href") === `#/${page}`;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    // On a narrow screen the links are a row that scrolls.
    if (isHere) link.scrollIntoView({ block: "nearest", inline: "center" });
  }
  scrollTo(0, 0);
  await view.show(main, settings);
}

document
  .querySelector("nav")!
  .append(...Object.entries(views).map(([page, { name }]) => el("a", { href: `#/${page}` }, name)));
addEventListener("hashchange", () => void show());
void show();
