using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Controllers;
using Vireo.Tests.Controllers.InstanceTypes;
using Vireo.Tests.Controllers.Migrations;

namespace Vireo.Tests.Program;

/// <summary>What a change of a type would come to where changes are made by moving guests, and for whom.</summary>
public sealed class UpdatePreviewCommandTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dry_run_says_that_a_guest_would_move_and_to_whom_may_not_see_hosts_that_it_may()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await RunAsync(room);
        await room.ConfigureAsync(spec =>
            spec with
            {
                WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = [Hotplug.LiveMigrate] },
            }
        );
        var line = $"vm update-instance-type vm virtualmachineinstancetype/big -n {room.Space} --dry-run";
        var limited = $" --kubeconfig {await EditorAsync(room.Space)}";

        var known = await plane.RunAsync(line);
        var unknown = await plane.RunAsync(line + limited);
        var document = await plane.RunAsync(line + limited + " -o json");

        (known.ExitCode, unknown.ExitCode).ShouldBe((0, 0), known.Error + unknown.Error);
        known.Output.ShouldContain("domain.memory.guest 128Mi -> 256Mi: live, by a migration\n");
        unknown.Output.ShouldContain(
            "domain.memory.guest 128Mi -> 256Mi: live, by a migration if another host has room for the guest, "
                + "else in place\n"
        );
        ((string?)JsonNode.Parse(document.Output)!["plan"]!["way"]).ShouldBe("HostsUnknown");
    }

    /// <summary>A machine of the small type, whose guest runs on the first host.</summary>
    private async Task RunAsync(MigrationRoom room)
    {
        var typed = new TypedRoom(plane, room.Space);
        await typed.TypeAsync("small", memory: "128Mi");
        await typed.TypeAsync("big", memory: "256Mi");
        await room.CordonAsync("b", true);
        await typed.CreateAsync(TypedRoom.Named("small"));
        await room.UntilAsync(
            "vm",
            found => found.Status?.Phase is VirtualMachineInstancePhase.Running && found.Status.Memory is not null
        );
        await typed.UsesAsync("small");
        await room.CordonAsync("b", null);
    }

    /// <summary>The kubeconfig of somebody who may edit what is in a namespace, and see nothing outside.</summary>
    private async Task<string> EditorAsync(string space)
    {
        await PostAsync($"/api/v1/namespaces/{space}/serviceaccounts", """{"metadata":{"name":"editor"} }""");
        await PostAsync(
            $"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings",
            $$"""
            {"metadata":{"name":"editor"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole",
             "name":"edit"},"subjects":[{"kind":"ServiceAccount","name":"editor","namespace":"{{space}}"}]}
            """
        );
        var token = await PostAsync($"/api/v1/namespaces/{space}/serviceaccounts/editor/token", """{"spec":{} }""");
        var path = Path.Combine(Path.GetDirectoryName(plane.KubeconfigPath)!, $"{space}.kubeconfig");
        Kubeconfig.Write(
            path,
            "limited",
            Kubeconfig.Read(plane.KubeconfigPath) with
            {
                ClientCertificate = null,
                ClientKey = null,
                Token = (string?)token["status"]!["token"],
            }
        );
        return path;
    }

    private async Task<Reply> PostAsync(string path, string body)
    {
        var reply = await RunningServer.SendAsync(plane.UserConnection, "POST", path, body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply;
    }
}
