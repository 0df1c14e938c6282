// Opens a page in a headless Chromium of its own and tells what came of it.
// stdin: {chromium, folder, address, scheme, size: [width, height], steps: [expression …]}: the
// steps run in the page, in turn, each until its promise is settled. stdout: {requests, problems,
// values, picture}: every address that was asked for, what the console complained of, what the
// steps returned (null of one that takes too long), and a PNG in base64.
// Speaks the Chrome DevTools Protocol over a pipe: no port is opened.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { chromium, folder, address, scheme, size, steps } = JSON.parse(readFileSync(0, 'utf8'));
const ended = '\0';
const PATIENCE_MS = 60_000;

const browser = spawn(chromium, [
  '--headless', '--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update',
  '--no-first-run', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  `--user-data-dir=${folder}`, `--window-size=${size.join()}`, '--remote-debugging-pipe',
  'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

const waiting = new Map();
const heard = { requests: [], problems: [], values: [] };
let last = 0;
let session;

function send(method, params = {}) {
  const id = ++last;
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId: session }) + ended);
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

const listeners = {
  'Network.requestWillBeSent': ({ request }) => heard.requests.push(request.url),
  'Runtime.exceptionThrown': ({ exceptionDetails: { text, exception } }) =>
    heard.problems.push(`${text} ${exception?.description ?? ''}`),
  'Runtime.consoleAPICalled': ({ type, args }) => {
    if (type === 'error') heard.problems.push(args.map((each) => each.value).join(' '));
  },
  'Log.entryAdded': ({ entry }) => {
    if (entry.level === 'error') heard.problems.push(`${entry.text} ${entry.url ?? ''}`);
  },
};

function receive(message) {
  const { id, method, params, result, error } = JSON.parse(message);
  if (method) listeners[method]?.(params);
  else if (error) waiting.get(id).reject(new Error(error.message));
  else waiting.get(id).resolve(result);
}

let rest = '';
browser.stdio[4].setEncoding('utf8').on('data', (text) => {
  const messages = (rest + text).split(ended);
  rest = messages.pop();
  messages.forEach(receive);
});

const { targetInfos } = await send('Target.getTargets');
const { targetId } = targetInfos.find((target) => target.type === 'page');
({ sessionId: session } = await send('Target.attachToTarget', { targetId, flatten: true }));
for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await send(`${domain}.enable`);
await send('Emulation.setEmulatedMedia', {
  features: [{ name: 'prefers-color-scheme', value: scheme }],
});
await send('Page.navigate', { url: address });
for (const expression of steps) {
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, { result: {} }).unref());
  const evaluated = send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  const { result, exceptionDetails } = await Promise.race([evaluated, tooLate]);
  if (exceptionDetails) heard.problems.push(exceptionDetails.exception?.description);
  heard.values.push(result.value ?? null);
}
const { data: picture } = await send('Page.captureScreenshot');
session = undefined;
await send('Browser.close');
process.stdout.write(JSON.stringify({ ...heard, picture }));
