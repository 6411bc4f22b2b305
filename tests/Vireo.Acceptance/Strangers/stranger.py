"""Debian's python3-kubernetes against a server given by KUBECONFIG: prints one line for each thing that worked."""

import json
import tempfile
import threading

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException

NAMESPACE = "from-python"


def machine(name, memory="64Mi"):
    domain = {"devices": {}, "memory": {"guest": memory}}
    return {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"runStrategy": "Halted", "template": {"spec": {"domain": domain}}},
    }


def refused(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ApiException as fault:
        assert fault.status == code, fault
        return fault
    raise AssertionError(f"not refused: {call}")


config.load_kube_config()
core = client.CoreV1Api()
core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))

# Typed: what is sent and answered goes through the client's own models, which check what is required.
core.create_namespaced_config_map(
    NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="map"), data={"a": "1"})
)
core.patch_namespaced_config_map("map", NAMESPACE, {"data": {"b": "2"}})
assert core.read_namespaced_config_map("map", NAMESPACE).data == {"a": "1", "b": "2"}
core.create_namespaced_secret(
    NAMESPACE, client.V1Secret(metadata=client.V1ObjectMeta(name="secret"), string_data={"password": "x"})
)
assert core.read_namespaced_secret("secret", NAMESPACE).data == {"password": "eA=="}
page = core.list_namespaced_config_map(NAMESPACE, limit=1)
assert len(page.items) == 1 and page.metadata.resource_version
for every in (core.list_node, core.list_namespace, core.list_event_for_all_namespaces):
    assert every().metadata.resource_version
assert client.CoordinationV1Api().list_lease_for_all_namespaces().metadata.resource_version
assert client.ApiextensionsV1Api().read_custom_resource_definition("virtualmachines.kubevirt.io").spec.scope == "Namespaced"
assert client.ApiextensionsV1Api().list_custom_resource_definition().items
assert client.RbacAuthorizationV1Api().list_cluster_role().items
assert client.AppsV1Api().list_controller_revision_for_all_namespaces().metadata.resource_version
assert client.VersionApi().get_code().git_version.startswith("v1.")
assert "kubevirt.io" in [group.name for group in client.ApisApi().get_api_versions().groups]
refused(404, core.read_namespaced_config_map, "nothing", NAMESPACE)
refused(409, core.create_namespace, client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
print("typed calls work")

# Dynamic: kinds come from discovery.
any_kind = dynamic.DynamicClient(client.ApiClient())
machines = any_kind.resources.get(api_version="kubevirt.io/v1", kind="VirtualMachine")
machines.create(body=machine("first"))
merged = machines.patch(
    name="first",
    namespace=NAMESPACE,
    body={"metadata": {"labels": {"a": "b"}}},
    content_type="application/merge-patch+json",
)
assert merged.metadata.labels.a == "b"
assert [each.metadata.name for each in machines.get(namespace=NAMESPACE, label_selector="a=b").items] == ["first"]
assert machines.get(namespace=NAMESPACE, field_selector="metadata.name=other").items == []
fault = refused(422, machines.create, body=machine("Not a name"))
assert b"metadata.name" in fault.body, fault.body
# This version of the client takes what is applied as text only.
applied = machines.server_side_apply(
    body=json.dumps(machine("first", "96Mi")),
    name="first",
    namespace=NAMESPACE,
    field_manager="python",
    force_conflicts=True,
)
assert applied.spec.template.spec.domain.memory.guest == "96Mi"
print("kinds are found by discovery, and their objects made, patched and selected")

# Watch: from the list's revision, until told to stop. Of a kind that nobody else writes.
custom = client.CustomObjectsApi()
sizes = ("instancetype.kubevirt.io", "v1beta1", NAMESPACE, "virtualmachineinstancetypes")
size = {
    "apiVersion": "instancetype.kubevirt.io/v1beta1",
    "kind": "VirtualMachineInstancetype",
    "metadata": {"name": "second"},
    "spec": {"cpu": {"guest": 1}, "memory": {"guest": "64Mi"}},
}
whole = custom.list_namespaced_custom_object(*sizes)


def change():
    custom.create_namespaced_custom_object(*sizes, size)
    custom.patch_namespaced_custom_object(*sizes, "second", {"metadata": {"labels": {"a": "b"}}})
    custom.delete_namespaced_custom_object(*sizes, "second")


worker = threading.Thread(target=change)
worker.start()
seen = []
stream = watch.Watch()
for event in stream.stream(
    custom.list_namespaced_custom_object,
    *sizes,
    resource_version=whole["metadata"]["resourceVersion"],
    timeout_seconds=30,
):
    seen.append((event["type"], event["object"]["metadata"]["name"]))
    if event["type"] == "DELETED":
        stream.stop()
worker.join()
assert seen == [("ADDED", "second"), ("MODIFIED", "second"), ("DELETED", "second")], seen
print("a watch tells each change once and in order")

# A manifest, by the client's own kubectl-like help.
with tempfile.NamedTemporaryFile("w", suffix=".yaml") as manifest:
    manifest.write(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: of-yaml, namespace: {NAMESPACE}}}\n")
    manifest.flush()
    utils.create_from_yaml(client.ApiClient(), manifest.name)
core.delete_collection_namespaced_config_map(NAMESPACE)
core.delete_namespace(NAMESPACE, propagation_policy="Background")
print("a manifest is made, a collection and a namespace are deleted")
