// The report as people meet it: opened in Chromium, read, searched, filtered, printed. The pages are made by the tests in
// `tests/it/seeing/pages.rs`; `.ci/browser` makes them and runs this.
//
// Responsiveness is counted in elements the page makes, not in time: a clock on a busy machine tells nothing.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, beforeEach, afterEach, describe, test } from "node:test";
import { chromium } from "playwright-core";

const PAGES = process.env.LOCKSTEP_PAGES ?? "target/browser";
const ARGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

let browser, server, address, asked, context, page, requests, noise;

before(async () => {
  server = createServer(async (request, response) => {
    asked.push(request.url);
    try {
      const text = await readFile(`${PAGES}/${request.url.replace(/[^a-z.]/g, "")}`);
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
});
after(async () => {
  await browser.close();
  server.close();
});

async function open(name, options = {}) {
  context = await browser.newContext({ colorScheme: "light", ...options });
  page = await context.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(String(error)));
  await page.goto(`${address}/${name}`);
}
beforeEach(() => { asked = []; requests = []; noise = []; });
afterEach(async () => {
  // Whatever a test did, the page asked for nothing but itself, and neither broke nor was refused anything.
  assert.deepEqual([...new Set(requests)].filter((url) => !url.startsWith(address)), []);
  assert.deepEqual(asked.filter((path) => !/^\/[a-z]+\.html$/.test(path)), []);
  assert.deepEqual(noise, []);
  await context.close();
});

const rows = (table) => page.locator(`#${table}-table tbody tr`);
const shown = (table) => rows(table).count();
const told = (table) => page.locator(`#${table}-count`).textContent();
const focused = () => page.evaluate(() => document.activeElement.id);

describe("a run with a bit of everything", () => {
  test("shows outcome, counts, links, conflicts, what is held and the steps", async () => {
    await open("run.html");
    assert.match(await page.textContent("h1"), /Lockstep\s+pending/);
    assert.equal(await shown("links"), 5);
    assert.equal(await page.locator(".clash").count(), 2);
    assert.equal(await shown("held"), 2);
    assert.ok(await shown("steps") >= 2);
    assert.match(await page.locator(".tiles").innerText(), /2\s*conflicts|conflicts\s*2/i);
  });

  test("marks the words that differ, side by side", async () => {
    await open("run.html");
    const clash = page.locator(".clash", { hasText: "title of" });
    assert.deepEqual(await clash.locator("del").allTextContents(), ["dark"]);
    assert.deepEqual(await clash.locator("ins").allTextContents(), ["darker"]);
    const [left, right] = await Promise.all([0, 1].map((n) => clash.locator("figure").nth(n).boundingBox()));
    assert.ok(right.x >= left.x + left.width && Math.abs(left.y - right.y) < 2, "beside one another");
  });

  test("a title of markup and script stays text", async () => {
    await open("run.html");
    assert.equal(await page.title(), "Lockstep: pending");
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script").count(), 2);
    const title = page.locator("#links-table .title", { hasText: "onerror" }).first();
    assert.match(await title.textContent(), /^<\/script><script>document\.title='owned'<\/script><img src=/);
    assert.match(await title.textContent(), /\{\{ 777\*7 \}\}$/);
  });

  test("the policy refuses whatever is not ours", async () => {
    await open("run.html");
    const owned = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
      const image = document.createElement("img");
      image.src = "https://evil.example/x";
      document.body.append(image);
      return document.title;
    });
    assert.notEqual(owned, "owned");
    await page.waitForFunction(() => document.querySelector("img").complete);
    assert.ok(noise.every((text) => /Content Security Policy/.test(text)) && noise.length >= 2, noise.join("\n"));
    noise = [];
    requests = requests.filter((url) => !url.startsWith("https://evil.example/"));
  });

  test("a search narrows every table, and Escape takes it back", async () => {
    await open("run.html");
    await page.keyboard.press("/");
    assert.equal(await focused(), "search");
    await page.keyboard.type("EXPORT rows");
    assert.equal(await shown("links"), 1);
    assert.match(await rows("links").first().textContent(), /Export stops/);
    assert.equal(await told("links"), "Shown: 1 of 5");
    await page.keyboard.type(" nothing like it");
    assert.deepEqual([await shown("links"), await shown("held"), await shown("steps")], [0, 0, 0]);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelectorAll("#links-table tbody tr").length === 5);
    assert.equal(await page.inputValue("#search"), "");
  });

  test("a slash typed into the search is a slash", async () => {
    await open("run.html");
    await page.focus("#search");
    await page.keyboard.type("a/b");
    assert.equal(await page.inputValue("#search"), "a/b");
  });

  test("the theme follows the system until somebody chooses, and is remembered", async () => {
    await open("run.html", { colorScheme: "dark" });
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await back();
    await page.emulateMedia({ colorScheme: "light" });
    const light = await back();
    assert.notEqual(dark, light);
    await page.click("#theme");
    assert.equal(await page.textContent("#theme"), "Theme: light");
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await back(), light);
    await page.click("#theme");
    assert.equal(await back(), dark);
    await page.emulateMedia({ colorScheme: "light" });
    await page.reload();
    assert.equal(await page.textContent("#theme"), "Theme: dark");
    assert.equal(await back(), dark);
  });

  test("everything can be reached by keyboard, and shows that it has been", async () => {
    await open("run.html");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the links");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "links");
    const wanted = new Set(["theme", "search", "state", "class", "tracker", "sync"]);
    await page.reload();
    for (let n = 0; n < 60 && wanted.size; n++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const { id } = document.activeElement;
        return { id, outline: getComputedStyle(document.activeElement).outlineStyle };
      });
      if (wanted.delete(at.id)) assert.notEqual(at.outline, "none", at.id);
    }
    assert.deepEqual([...wanted], []);
  });

  test("text stands out from what is behind it in both themes", async () => {
    for (const colorScheme of ["light", "dark"]) {
      if (context) await context.close();
      await open("run.html", { colorScheme });
      const worst = await page.evaluate(() => {
        const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const numbers = (colour) => {
          paint.clearRect(0, 0, 1, 1);
          paint.fillStyle = colour;
          paint.fillRect(0, 0, 1, 1);
          return [...paint.getImageData(0, 0, 1, 1).data];
        };
        const light = (colour) => {
          const [r, g, b] = colour.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (element) => {
          for (let at = element; at; at = at.parentElement) {
            const colour = numbers(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
          }
          return [255, 255, 255, 255];
        };
        let worst = { ratio: 99 };
        for (const element of document.querySelectorAll("body *:not(script)")) {
          if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
          const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < worst.ratio) worst = { ratio, text: element.textContent.slice(0, 40) };
        }
        return worst;
      });
      assert.ok(worst.ratio >= 4.5, `${colorScheme}: ${JSON.stringify(worst)}`);
    }
  });
});

describe("ten thousand links", () => {
  // "Shown: 5", "Shown: 5 of 9", "Shown: the first 200 of 300"
  const found = async () => Number(/^Shown: (?:the first \d+ of )?(\d+)/.exec(await told("links"))[1]);

  test("are searched and filtered without making an element for each", async () => {
    await open("many.html");
    const made = () => page.evaluate(() => document.querySelectorAll("*").length);
    assert.equal(await shown("links"), 200);
    assert.equal(await told("links"), "Shown: the first 200 of 10000");
    assert.ok(await made() < 9000, `${await made()}`);
    // Count what every change of the filters adds to the page.
    await page.evaluate(() => {
      window.added = 0;
      new MutationObserver((changes) => { for (const change of changes) window.added += change.addedNodes.length; })
        .observe(document.body, { childList: true, subtree: true });
    });
    for (const [word, count] of [["number 1234 ", 1], ["github#99", 111], ["many", 10000], ["", 10000]]) {
      await page.fill("#search", word);
      assert.equal(await found(), count, word);
      assert.ok(await shown("links") <= 200);
    }
    const added = await page.evaluate(() => window.added);
    assert.ok(added < 4 * 900, `${added} nodes were added for four searches`);
  });

  test("are filtered by state, class, tracker and sync, together", async () => {
    await open("many.html");
    const count = found;
    await page.selectOption("#state", "pending");
    assert.equal(await count(), 1000);
    await page.selectOption("#class", "label");
    const labels = await count();
    assert.ok(labels > 0 && labels < 1000, `${labels}`);
    await page.selectOption("#class", "status");
    assert.equal(await count(), 1000 - labels);
    await page.selectOption("#class", "");
    await page.selectOption("#sync", "web");
    assert.equal(await count(), 0, "every tenth link is of the other sync");
    await page.selectOption("#sync", "");
    await page.selectOption("#tracker", "board");
    assert.equal(await count(), 0);
    await page.selectOption("#state", "");
    assert.equal(await count(), 5000);
    await page.click("button[type=reset]");
    await page.waitForFunction(() => document.querySelector("#links-count").textContent.endsWith("of 10000"));
  });

  test("more of them come when asked for, by keyboard too", async () => {
    await open("many.html");
    await page.focus("#links-more");
    await page.keyboard.press("Enter");
    assert.equal(await shown("links"), 400);
    const row = await page.evaluate(() => document.activeElement.closest("tr").rowIndex);
    assert.equal(row, 201, "the first new row is where the reader goes on");
  });

  test("are all on paper", async () => {
    await open("many.html");
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await shown("links"), 10000);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.locator("#filter").isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  });

  test("stand without scripts as far as they fit", async () => {
    await open("many.html", { javaScriptEnabled: false });
    assert.equal(await shown("links"), 500);
    assert.match(await told("links"), /the first 500 of 10000/);
    assert.equal(await page.locator("#filter").isVisible(), false);
    assert.match(await page.textContent("h1"), /partial/);
  });
});

test("the page works from a file, alone", async () => {
  await open("run.html");
  const file = pathToFileURL(resolve(PAGES, "run.html")).href;
  await page.goto(file);
  requests = requests.filter((url) => url !== file);
  const outside = await page.evaluate(() => [...document.querySelectorAll("[src], link, [href]:not(a)")].length);
  assert.equal(outside, 0, "there is no second file");
  const links = await page.evaluate(() => [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")));
  assert.ok(links.length > 5 && links.every((link) => /^(#|https?:\/\/)/.test(link)), links.join(" "));
  await page.click("#theme");
  assert.equal(await page.textContent("#theme"), "Theme: light");
  assert.equal(await shown("links"), 5);
});
