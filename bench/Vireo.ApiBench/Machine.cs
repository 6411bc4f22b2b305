namespace Vireo.ApiBench;

/// <summary>The objects that are written: a VM as people write it, of about 1.5 KB.</summary>
internal static class Machine
{
    public const string Namespace = "load";
    public const string Collection = $"/apis/kubevirt.io/v1/namespaces/{Namespace}/virtualmachines";

    /// <summary>A tenth of the objects bear <c>tier=rare</c>.</summary>
    public static string Json(string name, int number) =>
        $$$$"""
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"name":"{{{{name}}}}","namespace":"load",
            "labels":{"app":"load","tier":"{{{{(number % 10 == 0 ? "rare" : "usual")}}}}","number":"{{{{number}}}}"},
            "annotations":{"example.com/owner":"team-{{{{number % 17}}}}","example.com/ticket":"REQ-{{{{number}}}}"}},
            "spec":{"runStrategy":"Halted",
            "template":{"metadata":{"labels":{"app":"load","vm.kubevirt.io/name":"{{{{name}}}}"}},
            "spec":{"architecture":"amd64","domain":{"cpu":{"cores":2,"sockets":1,"threads":1},"memory":{"guest":"2Gi"},
            "devices":{"disks":[{"name":"root","disk":{"bus":"virtio"},"bootOrder":1},
            {"name":"seed","disk":{"bus":"virtio"}}],
            "interfaces":[{"name":"default","masquerade":{},"model":"virtio","macAddress":"{{{{Mac(
                number
            )}}}}"}],"rng":{}},
            "resources":{"requests":{"memory":"2Gi"}}},
            "networks":[{"name":"default","pod":{}}],"terminationGracePeriodSeconds":60,
            "volumes":[{"name":"root","containerDisk":{"image":"quay.io/containerdisks/debian:12"}},
            {"name":"seed","cloudInitNoCloud":{"userData":"#cloud-config\nhostname: {{{{name}}}}\nssh_authorized_keys:\n
             - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHb5E0l4aL7vO8q1h6v4rZ8J5m1l0u7Xn2QpVb0a9K3d team@example.com\n
            packages:\n  - qemu-guest-agent\n"} }]} } } }
            """.ReplaceLineEndings(
            ""
        );

    private static string Mac(int number) =>
        $"02:00:{(number >> 24) & 255:x2}:{(number >> 16) & 255:x2}:{(number >> 8) & 255:x2}:{number & 255:x2}";
}
