// What a program in a web page does: fetch with a bearer token, nothing else. Arguments: server, token.
const [server, token] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}`, Origin: 'https://ui.example' };
const machines = `${server}/apis/kubevirt.io/v1/namespaces/default/virtualmachines`;

const list = await fetch(machines, { headers });
const body = await list.json();
console.log(`list ${list.status} ${body.kind}`);

const stopping = new AbortController();
const since = body.metadata.resourceVersion;
const watch = await fetch(`${machines}?watch=true&timeoutSeconds=1&resourceVersion=${since}`, {
  headers,
  signal: stopping.signal,
});
let events = '';
for await (const part of watch.body) events += new TextDecoder().decode(part);
console.log(`watch ${watch.status}`);

const refused = await fetch(`${server}/api/v1/namespaces/default/secrets`, { headers });
console.log(`secrets ${refused.status} ${(await refused.json()).reason}`);
const stranger = await fetch(machines, { headers: { Authorization: 'Bearer nonsense' } });
console.log(`nonsense ${stranger.status}`);
