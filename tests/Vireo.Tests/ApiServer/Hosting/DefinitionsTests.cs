using System.Net;

namespace Vireo.Tests.ApiServer.Hosting;

/// <summary>What tools find that look for the definitions of Vireo's kinds.</summary>
public sealed class DefinitionsTests
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    [Fact]
    public async Task Every_kind_beyond_Kubernetes_own_has_a_definition_that_is_established()
    {
        await using var server = await RunningServer.StartAsync();

        var list = await server.GetAsync(Definitions);

        list.Names.ShouldContain("virtualmachines.kubevirt.io");
        list.Names.ShouldContain("hosts.vireo.dev");
        list.Names.ShouldNotContain("leases.coordination.k8s.io");
        var machines = (await server.GetAsync(Definitions + "/virtualmachines.kubevirt.io")).Json;
        machines["spec"]!["names"]!["shortNames"]!.ToJsonString().ShouldBe("""["vm","vms"]""");
        machines["spec"]!["scope"]!.ToString().ShouldBe("Namespaced");
        var version = machines["spec"]!["versions"]![0]!;
        version["name"]!.ToString().ShouldBe("v1");
        version["schema"]!["openAPIV3Schema"]!["type"]!.ToString().ShouldBe("object");
        version["subresources"]!["status"]!.ToJsonString().ShouldBe("{}");
        machines["status"]!["conditions"]!
            .AsArray()
            .ShouldContain(each => each!["type"]!.ToString() == "Established" && each["status"]!.ToString() == "True");
    }

    [Fact]
    public async Task They_are_read_and_not_written()
    {
        await using var server = await RunningServer.StartAsync();
        const string Path = Definitions + "/virtualmachines.kubevirt.io";
        (await server.DeleteAsync(Path)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await server.DeleteAsync(Definitions)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await server.MergeAsync(Path, """{"metadata":{"labels":{"a":"b"}}}""")).Code.ShouldBe(
            HttpStatusCode.MethodNotAllowed
        );
        (await server.PostAsync(Definitions, "{}")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await server.GetAsync("/apis/apiextensions.k8s.io/v1"))["resources"]![0]!["verbs"]!
            .ToJsonString()
            .ShouldBe("""["get","list","watch"]""");
    }

    [Fact]
    public async Task A_restart_leaves_them_as_they_are()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-test-").FullName;
        var before = await ReadAsync(folder);
        (await ReadAsync(folder)).ShouldBe(before);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> ReadAsync(string folder)
    {
        await using var server = await RunningServer.StartAsync(folder: folder);
        return (await server.GetAsync(Definitions)).Json["items"]!.ToJsonString();
    }
}
