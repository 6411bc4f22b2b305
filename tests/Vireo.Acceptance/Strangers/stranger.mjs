// The official JavaScript client against a server given by KUBECONFIG: prints one line for each thing that worked.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The packages are installed in a folder of their own, beside what is built.
const installed = createRequire(pathToFileURL(process.argv[2] + '/'));
const k8s = await import(pathToFileURL(installed.resolve('@kubernetes/client-node')));

const config = new k8s.KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const core = config.makeApiClient(k8s.CoreV1Api);
const custom = config.makeApiClient(k8s.CustomObjectsApi);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);
const namespace = 'from-javascript';
const machines = { group: 'kubevirt.io', version: 'v1', namespace, plural: 'virtualmachines' };

const machine = (name, memory = '64Mi') => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name, namespace, labels: { of: 'javascript' } },
  spec: { runStrategy: 'Halted', template: { spec: { domain: { devices: {}, memory: { guest: memory } } } } },
});

const said = (text) => console.log(text);

/** Waits until a condition holds; the exit code tells when it never does. */
async function until(holds, what) {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error(`not seen: ${what}`);
}

await core.createNamespace({ body: { metadata: { name: namespace } } });
said('a namespace is made');

// An informer: lists, watches, keeps a cache, tells each change once.
const seen = [];
const path = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines`;
await custom.createNamespacedCustomObject({ ...machines, body: machine('first') });
const informer = k8s.makeInformer(config, path, () => custom.listNamespacedCustomObject(machines));
for (const verb of ['add', 'update', 'delete']) {
  informer.on(verb, (object) => seen.push(`${verb} ${object.metadata.name}`));
}
informer.on('error', (fault) => seen.push(`error ${fault}`));
await informer.start();
await until(() => seen.includes('add first'), 'what was there');
await custom.createNamespacedCustomObject({ ...machines, body: machine('second') });
await until(() => seen.includes('add second'), 'what came');
const changed = machine('second', '96Mi');
changed.metadata.resourceVersion = informer.get('second', namespace).metadata.resourceVersion;
await custom.replaceNamespacedCustomObject({ ...machines, name: 'second', body: changed });
await until(() => seen.includes('update second'), 'what changed');
assert.equal(informer.get('second', namespace).spec.template.spec.domain.memory.guest, '96Mi');
assert.deepEqual(informer.list().map((each) => each.metadata.name).sort(), ['first', 'second']);
const removeFinalizers = [{ op: 'remove', path: '/metadata/finalizers' }];
await custom.patchNamespacedCustomObject({ ...machines, name: 'first', body: removeFinalizers });
await custom.deleteNamespacedCustomObject({ ...machines, name: 'first' });
await until(() => seen.includes('delete first'), 'what went');
assert.equal(seen.filter((each) => each === 'add second').length, 1);
assert.deepEqual(seen.filter((each) => each.startsWith('error')), []);
await informer.stop();
said('an informer sees what is there, what comes, what changes and what goes');

// A stale replace is a conflict, in a form that the client reads.
const stale = machine('second');
stale.metadata.resourceVersion = '1';
await assert.rejects(custom.replaceNamespacedCustomObject({ ...machines, name: 'second', body: stale }), (fault) => {
  assert.equal(fault.code, 409);
  assert.match(String(fault.body), /the object has been modified/);
  return true;
});
said('a replace of an old version is refused');

// A watch that begins with what there is and says when that was all.
const events = await new Promise((done, fail) => {
  const all = [];
  const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true };
  let watching;
  new k8s.Watch(config)
    .watch(
      path,
      query,
      (type, object) => {
        all.push(`${type} ${object.metadata.name ?? object.metadata.annotations['k8s.io/initial-events-end']}`);
        if (type === 'BOOKMARK') watching.abort();
      },
      (fault) => (all.length > 0 ? done(all) : fail(fault)),
    )
    .then((request) => (watching = request), fail);
});
assert.deepEqual(events, ['ADDED second', 'BOOKMARK true']);
said('a watch replaces a list');

// Objects of any kind, found by discovery; each kind of patch.
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map', namespace }, data: { a: '1' } };
await objects.create(map);
const patched = async (body, strategy) =>
  (await objects.patch({ ...map, data: undefined, ...body }, undefined, undefined, 'javascript', undefined, strategy))
    .data;
assert.deepEqual(await patched({ data: { b: '2' } }, k8s.PatchStrategy.MergePatch), { a: '1', b: '2' });
assert.deepEqual(await patched({ data: { a: null } }, k8s.PatchStrategy.StrategicMergePatch), { b: '2' });
const applied = await objects.patch(
  { ...map, data: { c: '3' } },
  undefined,
  undefined,
  'javascript-applier',
  true,
  k8s.PatchStrategy.ServerSideApply,
);
assert.deepEqual(applied.data, { b: '2', c: '3' });
assert.ok(applied.metadata.managedFields.some((each) => each.manager === 'javascript-applier'));
const read = await objects.read(map);
assert.ok(read.metadata.uid);
const page = await objects.list('v1', 'ConfigMap', namespace, undefined, undefined, undefined, undefined, undefined, 1);
assert.equal(page.items.length, 1);
await objects.delete(map);
await assert.rejects(objects.read(map), (fault) => fault.code === 404);
said('objects of any kind are made, patched, read, listed and deleted');

await objects.create(map);
await core.deleteCollectionNamespacedConfigMap({ namespace });
assert.deepEqual((await core.listNamespacedConfigMap({ namespace })).items.filter((each) => each.metadata.name === 'map'), []);
said('a collection is deleted');

await core.deleteNamespace({ name: namespace });
const typed = await core.listNode({});
assert.equal(typed.kind, 'NodeList');
const version = await config.makeApiClient(k8s.VersionApi).getCode();
assert.match(version.gitVersion, /^v1\./);
said('typed lists and the version are read');
