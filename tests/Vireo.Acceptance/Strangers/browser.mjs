// Opens page.html in a real browser, from an origin, and prints what it says. Arguments: server, token, port of the origin.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [server, token, port] = process.argv.slice(2);
const page = readFileSync(new URL('page.html', import.meta.url));
const profile = mkdtempSync(join(tmpdir(), 'vireo-page-'));

const said = new Promise((resolve) => {
  createServer((request, answer) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      answer.setHeader('Content-Type', 'text/html');
      answer.end(request.url === '/said' ? '' : page);
      if (request.url === '/said') resolve(Buffer.concat(parts).toString());
    });
  }).listen(Number(port), '127.0.0.1');
});

// Whom the browser trusts is not what is tried here; what it lets pages do is.
const flags = ['--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', `--user-data-dir=${profile}`];
const parameters = new URLSearchParams({ server, token });
const browser = spawn('chromium-headless-shell', [...flags, `http://127.0.0.1:${port}/#${parameters}`], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let complaints = '';
browser.stderr.on('data', (part) => (complaints += part));
const patience = setTimeout(() => {
  console.error(`The page did not say anything within a minute. ${complaints}`);
  browser.kill('SIGKILL');
  process.exit(1);
}, 60_000);

console.log(await said);
clearTimeout(patience);
browser.on('exit', () => {
  rmSync(profile, { recursive: true, force: true });
  process.exit(0);
});
browser.kill('SIGKILL');
