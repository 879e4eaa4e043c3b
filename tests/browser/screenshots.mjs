// Pictures for the pages in docs/: the report, and a plan as a terminal shows it. `.ci/screenshots` calls this with the folder
// of what it ran (report.html, plan.txt with colours) and the folder for the pictures.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [from, to] = process.argv.slice(2);
const COLOURS = { 1: "bold", 2: "dim", 31: "red", 32: "green", 33: "yellow" };

/** Text with colour sequences as HTML: one class for each colour that is on. */
function terminal(text) {
  const escape = (part) => part.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  let on = new Set();
  let html = "";
  text.split(/\x1b\[([\d;]*)m/).forEach((part, n) => {
    if (n % 2 === 0) html += on.size ? `<span class="${[...on].join(" ")}">${escape(part)}</span>` : escape(part);
    else for (const code of part.split(";")) {
      if (code === "0" || code === "") on = new Set();
      else if (code === "22") { on.delete("bold"); on.delete("dim"); }
      else if (code === "39") for (const name of ["red", "green", "yellow"]) on.delete(name);
      else if (COLOURS[code]) on.add(COLOURS[code]);
    }
  });
  return html;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
});
let page = await browser.newPage({ viewport: { width: 1000, height: 1080 }, colorScheme: "light" });
await page.goto(pathToFileURL(resolve(from, "report.html")).href);
await page.screenshot({ path: resolve(to, "report.png") });

const plan = terminal(await readFile(resolve(from, "plan.txt"), "utf8"));
// Of its own: the report's policy would hold for what is put in its place.
page = await browser.newPage({ viewport: { width: 1060, height: 100 } });
await page.setContent(`<!doctype html><style>
  body { margin: 0; background: #14171a; color: #e6e9ec; }
  pre { margin: 0; padding: 16px 20px; font: 13px/1.45 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
  .bold { font-weight: bold; } .dim { color: #9aa4ae; } .red { color: #ff8f8a; } .green { color: #79d49a; } .yellow { color: #f0c36a; }
</style><pre>$ lockstep sync\n${plan}</pre>`);
await page.screenshot({ path: resolve(to, "plan.png"), fullPage: true });
await browser.close();
