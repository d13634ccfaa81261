// A browser does with the page what a person would, and what it shows is compared with itself: the same moment must look
// the same whichever way one comes to it. Nothing is expected here that the native window's tests do not expect; this
// asks whether the page is that window.
//
// Run by `cargo xtask web --check`, which says where everything is.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const text = { type: 'string' };
const { values: given } = parseArgs({
  options: { browser: text, page: text, probe: text, hashes: text, pictures: text },
});

// The plainest server there is: no packing, no fragment, a folder somewhere below the root.
const PREFIX = '/some/where/';
const KINDS = { html: 'text/html', css: 'text/css', js: 'text/javascript', wasm: 'application/wasm', svg: 'image/svg+xml' };
const server = createServer(async (request, response) => {
  const name = request.url.split('?')[0].replace(PREFIX, '') || 'index.html';
  try {
    const bytes = await readFile(join(given.page, name));
    response.writeHead(200, { 'content-type': KINDS[name.split('.').pop()] ?? 'text/plain' }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const origin = `http://127.0.0.1:${server.address().port}`;
const folder = `${origin}${PREFIX}`;
const single = pathToFileURL(join(given.page, 'quorumscope.html')).href;

const browser = await chromium.launch({ executablePath: given.browser, args: ['--no-sandbox'] });
await mkdir(given.pictures, { recursive: true });

// A page that notes whatever it should not do.
// `kept` is what the browser keeps of an earlier visit: here that nothing is asked, so that time never waits for an answer.
async function open(address, { lang = 'en-GB', scheme = 'light', kept = 'predict=false' } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: lang,
    colorScheme: scheme,
    permissions: address.startsWith('http') ? ['clipboard-read', 'clipboard-write'] : [],
  });
  const page = await context.newPage();
  page.faults = [];
  page.asked = [];
  page.on('console', (it) => it.type() === 'error' && page.faults.push(it.text()));
  page.on('pageerror', (it) => page.faults.push(String(it)));
  page.on('request', (it) => page.asked.push(it.url()));
  await page.addInitScript((kept) => {
    if (kept) localStorage.setItem('quorumscope.settings', kept);
    globalThis.refused = [];
    addEventListener('securitypolicyviolation', (it) => refused.push(`${it.violatedDirective} ${it.blockedURI}`));
  }, kept);
  const began = performance.now();
  await page.goto(address);
  await page.waitForFunction(() => document.body.dataset.state !== 'loading', null, { timeout: 120_000 });
  page.started = performance.now() - began;
  assert.equal(await page.evaluate(() => document.body.dataset.state), 'ready', page.faults.join('\n'));
  return page;
}

async function close(page) {
  const refused = await page.evaluate(() => refused);
  assert.deepEqual(refused, [], 'the policy refused something');
  assert.deepEqual(page.faults, [], 'the console has errors');
  const strange = page.asked.filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(folder) && !url.startsWith('file:'));
  assert.deepEqual(strange, [], 'something was asked from elsewhere');
  await page.context().close();
}

// What the transcript says.
const read = (page) => page.evaluate(() => {
  const text = (id) => document.getElementById(id).textContent;
  const list = (id) => [...document.getElementById(id).children].map((it) => it.textContent);
  const { step, time } = document.getElementById('transcript').dataset;
  return {
    lang: document.documentElement.lang, step: Number(step), time: Number(time), title: text('title'),
    large: text('large'), small: text('small'), about: text('about'), rows: list('rows'), head: list('head'),
    why: list('why'), happened: list('happened'), question: list('question'), trouble: list('trouble'),
  };
});

// What a person gets out of the page and into it: pictures, the scenario, and the scenario again.
async function files(page, name) {
  const MENU = [1111, 24];
  const download = async (act) => {
    const [it] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), act()]);
    const path = join(given.pictures, `${name}-${it.suggestedFilename()}`);
    await it.saveAs(path);
    return [path, await readFile(path)];
  };
  // The rows of the menu, from above: library, open, save, link, SVG, PNG.
  const menu = async (row) => {
    await page.mouse.click(...MENU);
    await rest(900);
    await page.mouse.click(600, 61 + 36 * row);
  };
  const [, svg] = await download(() => menu(4));
  assert.match(svg.toString(), /^<svg [^]*<\/svg>\s*$/);
  const [, png] = await download(() => menu(5));
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.ok(png.length > 20_000, 'the picture is empty');
  const [path, scenario] = await download(() => page.keyboard.press('Control+s'));
  const before = await settled(page);
  assert.equal(JSON.parse(scenario).title.en, before.title);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser', { timeout: 60_000 }), menu(1)]);
  await chooser.setFiles(path);
  await rest(500);
  const after = await settled(page);
  assert.deepEqual(after.trouble, []);
  assert.equal(after.title, before.title);
  assert.deepEqual(after.head, before.head);
}

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

// The transcript once it has stopped changing.
async function settled(page) {
  let before = JSON.stringify(await read(page));
  for (let calm = 0, rounds = 0; calm < 3; rounds++) {
    assert.ok(rounds < 200, 'the page does not come to rest');
    await rest(250);
    const now = JSON.stringify(await read(page));
    calm = now === before ? calm + 1 : 0;
    before = now;
  }
  return JSON.parse(before);
}

async function press(page, ...keys) {
  for (const key of keys) {
    await page.keyboard.press(key);
    await rest(60);
  }
  return settled(page);
}

const picture = (page, name) => page.screenshot({ path: join(given.pictures, `${name}.png`) });

// Opens a shipped scenario from the library, and closes the library.
async function story(page) {
  await settled(page);
  await page.mouse.click(780, 300);
  const now = await settled(page);
  assert.ok(now.rows.length >= 3, `no story was opened: ${JSON.stringify(now)}`);
  return now;
}

async function plays(address, name) {
  const page = await open(address);
  await picture(page, `${name}-library`);
  const start = await story(page);
  assert.ok(start.title && start.rows.length >= 3, JSON.stringify(start));

  // Steps: there and back is the same place.
  const one = await press(page, 'Home', 'ArrowRight');
  const two = await press(page, 'ArrowRight');
  assert.equal(two.step, one.step + 1);
  assert.deepEqual(await press(page, 'ArrowLeft'), one);

  // Beats and ends.
  const end = await press(page, 'End');
  assert.ok(end.step > two.step);
  const beat = await press(page, 'Home', 'Shift+ArrowRight', 'Shift+ArrowRight');
  assert.ok(beat.step > 0 && beat.step < end.step, JSON.stringify(beat));
  await picture(page, `${name}-beat`);

  // Playing moves time, stopping stops it.
  await press(page, 'Home');
  await page.keyboard.press('Space');
  await rest(2500);
  await page.keyboard.press('Space');
  const played = await settled(page);
  assert.ok(played.time > 0, 'playing moved nothing');
  await press(page, 'End');
  await picture(page, `${name}-end`);

  // A click on the bands goes there; the wheel over them changes what they show, not the time.
  await page.mouse.click(900, 830);
  const clicked = await settled(page);
  assert.ok(clicked.time > 0 && clicked.time < end.time, 'a click on the bands moved nothing');
  await press(page, 'Home');
  await page.mouse.click(900, 830);
  assert.deepEqual(await settled(page), clicked, 'the same place is the same moment');
  await page.mouse.wheel(0, -300);
  assert.equal((await settled(page)).time, clicked.time);
  await picture(page, `${name}-wheel`);
  await page.mouse.dblclick(900, 830);
  await settled(page);

  // Dragging the hand of the clock: the same spot from either side is the same moment.
  await drag(page, 1300, 700);
  const sought = await settled(page);
  assert.ok(sought.time > 0 && sought.time < end.time, 'dragging moved nothing');
  await press(page, 'Home');
  await drag(page, 400, 700);
  const again = await settled(page);
  assert.equal(again.step, sought.step);
  assert.deepEqual(again.rows, sought.rows);
  return page;
}

// Drags along the bands.
async function drag(page, from, to) {
  await page.mouse.move(from, 800);
  await page.mouse.down();
  await page.mouse.move(to, 800, { steps: 8 });
  await rest(120);
  await page.mouse.up();
}

// Looks for a server with the mouse, and kills it: a branch.
async function kills(page, name) {
  const before = await press(page, 'Home', 'Shift+ArrowRight', 'Shift+ArrowRight');
  const found = await serverUnderTheMouse(page);
  assert.ok(found, 'no server was found on the picture');
  const after = await press(page, 'k');
  const down = after.rows.filter((row, nth) => row !== before.rows[nth]);
  assert.ok(down.length >= 1, `nothing changed: ${JSON.stringify(after)}`);
  await picture(page, `${name}-killed`);
  const undone = await press(page, 'Control+z');
  assert.deepEqual(undone.rows, before.rows, 'undoing brings back what was');
  return press(page, 'Control+Shift+z');
}

async function serverUnderTheMouse(page) {
  for (let y = 150; y <= 600; y += 50) {
    for (let x = 300; x <= 1080; x += 60) {
      await page.mouse.click(x, y);
      await rest(350);
      const { about } = await read(page);
      if (/^zk\d\b/.test(about)) return about;
    }
  }
  return null;
}

// A link opened elsewhere is the same moment, told in the same words.
async function links(page) {
  const here = await press(page, 'Shift+ArrowLeft', 's');
  const address = page.url();
  assert.match(address, /#q1\./, 'the moment is in the address');
  if (address.startsWith('http')) {
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
  }
  const fresh = await open(address);
  const there = await settled(fresh);
  for (const key of ['title', 'step', 'time', 'large', 'rows', 'lang']) {
    assert.deepEqual(there[key], here[key], `${key} is another`);
  }
  // A fragment that changes under an open page is followed too; a bad one is explained and changes nothing.
  await fresh.evaluate(() => { location.hash = '#q1.broken'; });
  const bad = await settled(fresh);
  assert.ok(bad.trouble.length > 0, 'a bad link is told');
  assert.equal(bad.step, there.step);
  await close(fresh);
}

async function speaksChinese(address) {
  const page = await open(address, { lang: 'zh-CN', scheme: 'dark', kept: '' });
  const now = await story(page);
  assert.equal(now.lang, 'zh-CN');
  assert.match(now.head.join(), /服务器/);
  assert.match(await page.evaluate(() => document.getElementById('toggle').textContent), /文字/);
  const english = await press(page, 'n');
  assert.equal(english.lang, 'en');
  await page.click('#toggle');
  await press(page, 'Shift+ArrowRight');
  await picture(page, 'transcript-open');
  await close(page);
}

async function saysWhatIsMissing() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
  await page.goto(folder);
  await page.waitForFunction(() => document.body.dataset.state === 'no-webgl2');
  assert.match(await page.innerText('[data-for="no-webgl2"]'), /WebGL 2[^]*WebGL 2/);
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(folder);
  assert.match(await still.innerText('noscript'), /JavaScript[^]*JavaScript/);
  await plain.close();
}

// Every shipped scenario, played by the core as the page has it: the same bytes as natively.
async function sameTraces() {
  const wanted = JSON.parse(await readFile(given.hashes, 'utf8'));
  const module = (await readFile(given.probe)).toString('base64');
  const page = await (await browser.newContext()).newPage();
  const found = await page.evaluate(async (module) => {
    const bytes = Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes, {});
    const { probe_files: files, probe_trace_hash: hash } = instance.exports;
    return Array.from({ length: files() }, (_, file) => String(BigInt.asUintN(64, hash(file, 1n))));
  }, module);
  assert.ok(found.length > 0);
  assert.deepEqual(found, wanted);
  await page.context().close();
  return found.length;
}

const middle = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const figures = (list) => `median ${middle(list, 0.5).toFixed(1)} ms, longest ${Math.max(...list).toFixed(1)} ms, of ${list.length}`;

// How long things take here; told, not judged: browsers paint in software where there is no graphics card.
async function measures(address) {
  const page = await open(`${address}?measure`);
  console.log(`  start to ready: ${page.started.toFixed(0)} ms`);
  const measured = async (name, act) => {
    await page.evaluate(() => performance.clearMeasures());
    await act();
    await rest(400);
    const entries = await page.evaluate(() => performance.getEntriesByType('measure').map(({ name, duration }) => [name, duration]));
    for (const kind of ['update', 'frame']) {
      const list = entries.filter(([name]) => name === kind).map(([, duration]) => duration);
      if (list.length > 0) console.log(`  ${name}, ${kind}: ${figures(list)}`);
    }
  };
  await measured('playing a story ahead', () => story(page));
  await press(page, 'Home');
  await measured('playing', async () => {
    await page.keyboard.press('Space');
    await rest(5000);
    await page.keyboard.press('Space');
  });
  await press(page, 'End');
  await measured('seeking', async () => {
    for (let nth = 0; nth < 6; nth++) {
      await drag(page, 330 + ((nth * 397) % 1000), 330 + ((nth * 211) % 1000));
    }
  });
  await measured('under a moving mouse', async () => {
    for (let nth = 0; nth < 20; nth++) {
      await page.mouse.move(300 + nth * 10, 60);
      await rest(30);
    }
  });
  await rest(1000);
  await page.evaluate(() => performance.clearMeasures());
  await rest(2000);
  const painted = await page.evaluate(() => performance.getEntriesByType('measure').length);
  assert.equal(painted, 0, 'the page paints while nothing moves');
  console.log('  at rest: nothing is painted');
  await close(page);
}

async function told(what, act) {
  const began = performance.now();
  const more = await act();
  console.log(`${what}: well${more === undefined ? '' : ` (${more})`}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

try {
  await told('traces as natively', sameTraces);
  await told('what is missing is said', saysWhatIsMissing);
  for (const [name, address] of [['folder', folder], ['single', single]]) {
    await told(`${name}: plays, branches, links`, async () => {
      const page = await plays(address, name);
      await kills(page, name);
      await links(page);
      await files(page, name);
      await close(page);
    });
  }
  await told('Chinese, dark, text open', () => speaksChinese(folder));
  await told('figures', () => measures(folder));
} finally {
  await browser.close();
  server.close();
}
