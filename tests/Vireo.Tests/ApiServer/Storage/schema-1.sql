-- A state that a Vireo of schema 1 wrote (namespaces, config maps, a Secret, a Lease, a VM; the catalogue is left out).
PRAGMA page_size=8192;
PRAGMA auto_vacuum=INCREMENTAL;
PRAGMA journal_mode=WAL;
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY,
    resource TEXT NOT NULL UNIQUE,
    complete_after INTEGER NOT NULL
);
CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    namespace TEXT,
    name TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    json BLOB NOT NULL
);
INSERT INTO kinds VALUES (1, 'namespaces', 1);
INSERT INTO kinds VALUES (2, 'nodes', 1);
INSERT INTO kinds VALUES (3, 'events', 1);
INSERT INTO kinds VALUES (4, 'secrets', 1);
INSERT INTO kinds VALUES (5, 'configmaps', 1);
INSERT INTO kinds VALUES (6, 'serviceaccounts', 1);
INSERT INTO kinds VALUES (7, 'controllerrevisions.apps', 1);
INSERT INTO kinds VALUES (8, 'leases.coordination.k8s.io', 1);
INSERT INTO kinds VALUES (9, 'virtualmachines.kubevirt.io', 1);
INSERT INTO kinds VALUES (10, 'virtualmachineinstances.kubevirt.io', 1);
INSERT INTO kinds VALUES (11, 'virtualmachineinstanceconfigs.kubevirt.io', 1);
INSERT INTO kinds VALUES (12, 'virtualmachineinstancemigrations.kubevirt.io', 1);
INSERT INTO kinds VALUES (13, 'virtualmachineinstancetypes.instancetype.kubevirt.io', 1);
INSERT INTO kinds VALUES (14, 'virtualmachineclusterinstancetypes.instancetype.kubevirt.io', 1);
INSERT INTO kinds VALUES (15, 'virtualmachinepreferences.instancetype.kubevirt.io', 1);
INSERT INTO kinds VALUES (16, 'virtualmachineclusterpreferences.instancetype.kubevirt.io', 1);
INSERT INTO kinds VALUES (17, 'kubevirts.kubevirt.io', 1);
INSERT INTO kinds VALUES (18, 'hosts.vireo.dev', 1);
INSERT INTO kinds VALUES (19, 'machinetypetransitions.vireo.dev', 1);
INSERT INTO log VALUES (2, 1, NULL, 'default', 0, 2736559970,
  CAST('{"apiVersion":"v1","kind":"Namespace","metadata":{"resourceVersion":"2","name":"default","uid":"2fd7a685-096f-474c-9830-f9cd9a3dce5b","creationTimestamp":"2026-11-21T21:17:17Z","labels":{"kubernetes.io/metadata.name":"default"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}' AS BLOB));
INSERT INTO log VALUES (3, 1, NULL, 'kube-system', 0, 1244804986,
  CAST('{"apiVersion":"v1","kind":"Namespace","metadata":{"resourceVersion":"3","name":"kube-system","uid":"062d69e1-2fc4-425c-8aaf-d39608987ac2","creationTimestamp":"2026-11-21T21:17:17Z","labels":{"kubernetes.io/metadata.name":"kube-system"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}' AS BLOB));
INSERT INTO log VALUES (4, 1, NULL, 'kube-node-lease', 0, 1998826619,
  CAST('{"apiVersion":"v1","kind":"Namespace","metadata":{"resourceVersion":"4","name":"kube-node-lease","uid":"2f019ef0-ce38-4a35-a876-a5f40c25bc68","creationTimestamp":"2026-11-21T21:17:17Z","labels":{"kubernetes.io/metadata.name":"kube-node-lease"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}' AS BLOB));
INSERT INTO log VALUES (5, 1, NULL, 'kubevirt', 0, 2693168184,
  CAST('{"apiVersion":"v1","kind":"Namespace","metadata":{"resourceVersion":"5","name":"kubevirt","uid":"c9929258-195d-47ba-8e36-78094f7221db","creationTimestamp":"2026-11-21T21:17:17Z","labels":{"kubernetes.io/metadata.name":"kubevirt"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}' AS BLOB));
INSERT INTO log VALUES (116, 5, 'default', 'a', 0, 925428014,
  CAST('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"116","name":"a","namespace":"default","uid":"3fd5183e-ad29-4352-9d0b-7c9f3c1bff91","creationTimestamp":"2026-11-21T21:17:20Z"},"data":{"k":"1"}}' AS BLOB));
INSERT INTO log VALUES (117, 5, 'default', 'b', 0, 1688953097,
  CAST('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"117","name":"b","namespace":"default","uid":"083e9e58-1ad2-4d0a-a45f-f6cbe9d75bfe","creationTimestamp":"2026-11-21T21:17:20Z"},"data":{"k":"2"}}' AS BLOB));
INSERT INTO log VALUES (118, 5, 'default', 'a', 0, 1075921686,
  CAST('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"118","name":"a","namespace":"default","uid":"3fd5183e-ad29-4352-9d0b-7c9f3c1bff91","creationTimestamp":"2026-11-21T21:17:20Z","labels":{"x":"y"}},"data":{"k":"1"}}' AS BLOB));
INSERT INTO log VALUES (119, 5, 'default', 'b', 1, 3802495193,
  CAST('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"119","name":"b","namespace":"default","uid":"083e9e58-1ad2-4d0a-a45f-f6cbe9d75bfe","creationTimestamp":"2026-11-21T21:17:20Z","deletionTimestamp":"2026-11-21T21:17:21Z","deletionGracePeriodSeconds":0},"data":{"k":"2"}}' AS BLOB));
INSERT INTO log VALUES (120, 4, 'default', 's', 0, 267640802,
  CAST('{"apiVersion":"v1","kind":"Secret","metadata":{"resourceVersion":"120","name":"s","namespace":"default","uid":"c9ac0bee-b89d-44c4-8f9c-9741df88a988","creationTimestamp":"2026-11-21T21:17:21Z"},"data":{"p":"dw=="},"type":"Opaque"}' AS BLOB));
INSERT INTO log VALUES (121, 8, 'default', 'l', 0, 4291061957,
  CAST('{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"resourceVersion":"121","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"annotations\":{},\"name\":\"l\",\"namespace\":\"default\"},\"spec\":{\"holderIdentity\":\"me\"}}\n"},"name":"l","namespace":"default","uid":"60debe75-03a5-4423-aa41-052e25c94865","creationTimestamp":"2026-11-21T21:17:22Z"},"spec":{"holderIdentity":"me"}}' AS BLOB));
INSERT INTO log VALUES (122, 9, 'default', 'vm', 0, 3603243000,
  CAST('{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"resourceVersion":"122","name":"vm","namespace":"default","uid":"0d92db0b-50b4-49f2-b3c0-d9dc77d27d8a","generation":1,"creationTimestamp":"2026-11-21T21:17:22Z","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"kubevirt.io/v1\",\"kind\":\"VirtualMachine\",\"metadata\":{\"annotations\":{},\"name\":\"vm\",\"namespace\":\"default\"},\"spec\":{\"runStrategy\":\"Halted\",\"template\":{\"spec\":{\"domain\":{\"devices\":{},\"memory\":{\"guest\":\"64Mi\"}}}}}}\n"},"finalizers":["kubevirt.io/virtualMachineControllerFinalize"]},"spec":{"runStrategy":"Halted","template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}}}}},"status":{"created":false,"ready":false,"printableStatus":"Stopped","conditions":[{"type":"Ready","status":"False","reason":"VMINotExists","message":"VMI does not exist","lastTransitionTime":"2026-11-21T21:17:22Z"}],"desiredGeneration":1}}' AS BLOB));
INSERT INTO log VALUES (123, 9, 'default', 'vm', 0, 2976162172,
  CAST('{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"resourceVersion":"123","name":"vm","namespace":"default","uid":"0d92db0b-50b4-49f2-b3c0-d9dc77d27d8a","generation":1,"creationTimestamp":"2026-11-21T21:17:22Z","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"kubevirt.io/v1\",\"kind\":\"VirtualMachine\",\"metadata\":{\"annotations\":{},\"name\":\"vm\",\"namespace\":\"default\"},\"spec\":{\"runStrategy\":\"Halted\",\"template\":{\"spec\":{\"domain\":{\"devices\":{},\"memory\":{\"guest\":\"64Mi\"}}}}}}\n"},"finalizers":["kubevirt.io/virtualMachineControllerFinalize"],"labels":{"tier":"gold"}},"spec":{"runStrategy":"Halted","template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}}}}},"status":{"created":false,"ready":false,"printableStatus":"Stopped","conditions":[{"type":"Ready","status":"False","reason":"VMINotExists","message":"VMI does not exist","lastTransitionTime":"2026-11-21T21:17:22Z"}],"desiredGeneration":1}}' AS BLOB));
PRAGMA application_id=1449751141;
PRAGMA user_version=1;
