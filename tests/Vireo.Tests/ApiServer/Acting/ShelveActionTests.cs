using System.Net;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Shelve, unshelve and rebuild, as they are asked for over HTTP.</summary>
public sealed class ShelveActionTests : IAsyncLifetime
{
    private const string Machine = ActingServer.Vms + "/a";
    private const string Mark = "vireo.dev/save-disks";

    private ActingServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ActingServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_instance_is_told_before_its_machine_is_shelved()
    {
        await RunAsync();
        using var instances = await _server.Api.WatchAsync(RunningServer.Vmis);
        using var machines = await _server.Api.WatchAsync(RunningServer.Vms);
        (await instances.NextWordAsync()).ShouldBe("ADDED a");
        (await machines.NextWordAsync()).ShouldBe("ADDED a");

        (await _server.PutAsync(Machine + "/shelve", "{}")).Code.ShouldBe(HttpStatusCode.Accepted);

        (await instances.NextWordAsync()).ShouldBe("MODIFIED a");
        (await machines.NextWordAsync()).ShouldBe("MODIFIED a");
        var (vm, vmi) = (await _server.VmAsync("a"), await _server.VmiAsync("a"));
        vmi["metadata"]!["annotations"]![Mark]!.ToString().ShouldBe("true");
        vm["status"]!["shelved"]!["state"]!.ToString().ShouldBe("Shelving");
        vm["status"]!["shelved"]!["instance"]!.ToString().ShouldBe(vmi["metadata"]!["uid"]!.ToString());
        vm["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2, "the spec is the user's");
        Revision(vm).ShouldBeGreaterThan(Revision(vmi));
    }

    [Fact]
    public async Task A_dry_run_tells_nobody()
    {
        await RunAsync();

        (await _server.PutAsync(Machine + "/shelve", """{"dryRun":["All"]}""")).Code.ShouldBe(HttpStatusCode.Accepted);
        (await _server.PutAsync(Machine + "/rebuild?dryRun=All")).Code.ShouldBe(HttpStatusCode.Accepted);

        (await _server.VmAsync("a"))["status"]!["shelved"].ShouldBeNull();
        (await _server.VmiAsync("a"))["metadata"]!["annotations"]?[Mark].ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_comes_back_and_is_shelved_again()
    {
        await _server.MakeVmAsync("a", "Manual");
        foreach (var (action, code) in new[] { ("unshelve", 409), ("shelve", 202), ("shelve", 409), ("unshelve", 202) })
        {
            ((int)(await _server.PutAsync($"{Machine}/{action}")).Code).ShouldBe(code, action);
        }
    }

    [Fact]
    public async Task A_rebuild_from_another_image_changes_the_template_and_is_reviewed()
    {
        await RunAsync();

        var reply = await _server.PutAsync(Machine + "/rebuild", """{"image":"quay.io/vireo/tiny:2.0"}""");

        reply.Code.ShouldBe(HttpStatusCode.Accepted, reply.Text);
        var vm = await _server.VmAsync("a");
        vm["spec"]!["template"]!["spec"]!["volumes"]![0]!["containerDisk"]!["image"]!
            .ToString()
            .ShouldBe("quay.io/vireo/tiny:2.0");
        vm["status"]!["stateChangeRequests"]!.AsArray().Count.ShouldBe(2);
        var wrong = await _server.PutAsync(Machine + "/rebuild", """{"image":"not a name"}""");
        wrong.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        wrong.Text.ShouldContain("containerDisk.image");
    }

    [Theory]
    [InlineData("shelve", """{"offlaod":true}""", 400, "unknown field \"offlaod\"")]
    [InlineData("shelve", """{"image":"a:1"}""", 400, "set offload as well")]
    [InlineData("shelve", """{"offload":true}""", 400, "name the image in a registry")]
    [InlineData("shelve", """{"dryRun":["Some"]}""", 400, "dryRun: 'Some' is not supported")]
    [InlineData("unshelve", """{"image":"a:1"}""", 400, "unknown field \"image\"")]
    [InlineData("unshelve", "{}", 409, "VM is not shelved")]
    public async Task What_makes_no_sense_is_refused_by_name(string action, string body, int code, string says)
    {
        await RunAsync();

        var reply = await _server.PutAsync($"{Machine}/{action}", body);

        ((int)reply.Code).ShouldBe(code, reply.Text);
        reply.Text.ShouldContain(says.Replace("\"", "\\\"", StringComparison.Ordinal));
        (await _server.VmAsync("a"))["status"]!["shelved"].ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_that_is_not_there_is_not_found()
    {
        foreach (var action in new[] { "shelve", "unshelve", "rebuild" })
        {
            (await _server.PutAsync($"{ActingServer.Vms}/nobody/{action}")).Code.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    private static long Revision(System.Text.Json.Nodes.JsonObject resource) =>
        long.Parse(
            resource["metadata"]!["resourceVersion"]!.ToString(),
            System.Globalization.CultureInfo.InvariantCulture
        );

    /// <summary>A machine that runs and has a disk.</summary>
    private async Task RunAsync()
    {
        var made = await _server.Api.PostAsync(RunningServer.Vms, WithDisk(RunningServer.Vm("a")));
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        await _server.Api.MergeAsync($"{RunningServer.Vms}/a", """{"spec":{"runStrategy":"Always"}}""");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"), change: WithDisk);
    }

    private static string WithDisk(string body) =>
        body.Replace(
            """
            "devices":{},"memory":{"guest":"64Mi"} }
            """.Trim(),
            """
            "devices":{"disks":[{"name":"root","disk":{}}]},"memory":{"guest":"64Mi"} },
            "volumes":[{"name":"root","containerDisk":{"image":"quay.io/vireo/tiny:1.0"}}]
            """,
            StringComparison.Ordinal
        );
}
