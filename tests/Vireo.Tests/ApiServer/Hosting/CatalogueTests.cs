using System.Net;
using System.Text.Json.Nodes;
using Vireo.ApiServer.Hosting;

namespace Vireo.Tests.ApiServer.Hosting;

/// <summary>The instance types and preferences that the product brings.</summary>
public sealed class CatalogueTests : IDisposable
{
    private const string Group = "/apis/instancetype.kubevirt.io/v1beta1";
    private const string Types = Group + "/virtualmachineclusterinstancetypes";
    private const string Preferences = Group + "/virtualmachineclusterpreferences";
    private const string Record = "/api/v1/namespaces/kubevirt/configmaps/vireo-common-instancetypes";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_common_ones_are_there_from_the_first_moment()
    {
        await using var server = await StartAsync();

        var types = (await server.GetAsync(Types)).Names;
        types.ShouldContain("u1.nano");
        types.ShouldContain("o1.8xlarge");
        (await server.GetAsync(Group + "/virtualmachineclusterpreferences")).Names.ShouldContain("fedora");
        var micro = (await server.GetAsync(Types + "/u1.micro"))["spec"]!;
        micro["cpu"]!["guest"]!.GetValue<int>().ShouldBe(1);
        micro["memory"]!["guest"]!.ToString().ShouldBe("1Gi");
    }

    [Fact]
    public async Task A_second_start_writes_nothing()
    {
        string before;
        await using (var first = await StartAsync())
        {
            before = (await first.GetAsync(Types))["metadata"]!["resourceVersion"]!.ToString();
        }

        await using var second = await StartAsync();
        (await second.GetAsync(Types))["metadata"]!["resourceVersion"]!.ToString().ShouldBe(before);
    }

    [Fact]
    public async Task An_upgrade_renews_what_nobody_touched_and_leaves_the_rest_to_its_owner()
    {
        string brought;
        await using (var first = await StartAsync())
        {
            brought = (await first.GetAsync(Types + "/u1.nano"))["spec"]!.ToJsonString();
            await PretendAsync(first, "u1.nano");
            await PretendAsync(first, "u1.micro");
            await first.MergeAsync(Types + "/u1.micro", """{"spec":{"memory":{"guest":"3Gi"}}}""");
            await first.DeleteAsync(Types + "/u1.small");
            await ForgetAsync(first, "u1.medium");
            await first.DeleteAsync(Types + "/u1.medium");
            await ForgetAsync(first, "u1.large");
            await first.MergeAsync(Types + "/u1.large", """{"spec":{"memory":{"guest":"5Gi"}}}""");
            await SayAsync(first, "catalogue", "older");
        }

        await using var second = await StartAsync();
        (await second.GetAsync(Types + "/u1.nano"))["spec"]!.ToJsonString().ShouldBe(brought, "as it was brought");
        (await MemoryAsync(second, "u1.micro")).ShouldBe("3Gi", "edited by its user");
        (await second.GetAsync(Types + "/u1.small")).Code.ShouldBe(HttpStatusCode.NotFound, "taken away");
        (await MemoryAsync(second, "u1.medium")).ShouldBe("4Gi", "new in this version");
        (await MemoryAsync(second, "u1.large")).ShouldBe("5Gi", "somebody's own of that name");
    }

    [Fact]
    public async Task Preferences_are_renewed_and_left_alone_likewise()
    {
        string brought;
        await using (var first = await StartAsync())
        {
            brought = (await first.GetAsync(Preferences + "/fedora"))["spec"]!.ToJsonString();
            await PretendPreferenceAsync(first, "fedora");
            await PretendPreferenceAsync(first, "alpine");
            // A label is an edit as any other.
            await first.MergeAsync(Preferences + "/alpine", """{"metadata":{"labels":{"team":"blue"}}}""");
            await first.PostAsync(Preferences, """{"metadata":{"name":"dropped"},"spec":{}}""");
            await PretendPreferenceAsync(first, "dropped");
            await SayAsync(first, "catalogue", "older");
        }

        await using var second = await StartAsync();
        (await second.GetAsync(Preferences + "/fedora"))["spec"]!.ToJsonString().ShouldBe(brought, "as it was brought");
        (await RequiredAsync(second, "alpine")).ShouldBe("7Gi", "edited by its user");
        (await RequiredAsync(second, "dropped")).ShouldBe("7Gi", "no longer brought: machines may use it");
    }

    private static async Task<string> RequiredAsync(RunningServer server, string name) =>
        (await server.GetAsync($"{Preferences}/{name}"))["spec"]!["requirements"]!["memory"]!["guest"]!.ToString();

    /// <summary>Makes a preference look as an older version brought it.</summary>
    private static async Task PretendPreferenceAsync(RunningServer server, string name)
    {
        var older = await server.MergeAsync(
            $"{Preferences}/{name}",
            """{"spec":{"requirements":{"memory":{"guest":"7Gi"}}}}"""
        );
        older.Code.ShouldBe(HttpStatusCode.OK, older.Text);
        await SayAsync(server, $"virtualmachineclusterpreferences.{name}", Catalogue.FingerprintOf(older.Json));
    }

    [Fact]
    public async Task A_first_start_that_was_cut_off_is_ended_by_the_next()
    {
        await using (var first = await StartAsync())
        {
            await first.DeleteAsync(Record);
            await first.DeleteAsync(Types + "/u1.nano");
        }

        await using (var second = await StartAsync())
        {
            (await MemoryAsync(second, "u1.nano")).ShouldBe("512Mi");
            await PretendAsync(second, "u1.micro");
            await SayAsync(second, "catalogue", "older");
        }

        await using var third = await StartAsync();
        (await MemoryAsync(third, "u1.micro")).ShouldBe("1Gi");
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(folder: _folder);

    private static async Task<string> MemoryAsync(RunningServer server, string name) =>
        (await server.GetAsync($"{Types}/{name}"))["spec"]!["memory"]!["guest"]!.ToString();

    /// <summary>Makes a type look as an older version brought it.</summary>
    private static async Task PretendAsync(RunningServer server, string name)
    {
        var older = await server.MergeAsync($"{Types}/{name}", """{"spec":{"memory":{"guest":"7Gi"}}}""");
        older.Code.ShouldBe(HttpStatusCode.OK, older.Text);
        await SayAsync(server, $"virtualmachineclusterinstancetypes.{name}", Catalogue.FingerprintOf(older.Json));
    }

    /// <summary>Makes a type look as if no version had brought it.</summary>
    private static Task ForgetAsync(RunningServer server, string name) =>
        SayAsync(server, $"virtualmachineclusterinstancetypes.{name}", null);

    private static async Task SayAsync(RunningServer server, string key, string? value)
    {
        var patch = new JsonObject { ["data"] = new JsonObject { [key] = value } };
        (await server.MergeAsync(Record, patch.ToJsonString())).Code.ShouldBe(HttpStatusCode.OK);
    }
}
