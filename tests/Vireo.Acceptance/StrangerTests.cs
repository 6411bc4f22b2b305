namespace Vireo.Acceptance;

/// <summary>Clients that were not written for Vireo: the official ones of other languages.</summary>
public sealed class StrangerTests(VireoHost host)
{
    private static readonly string Programs = Path.Combine(Checkout.Root, "tests", "Vireo.Acceptance", "Strangers");

    /// <summary>The packages of the programs; ./test installs them before there is no network.</summary>
    private static readonly string Packages = Path.Combine(Checkout.Root, "artifacts", "strangers");

    [Fact]
    public async Task The_official_JavaScript_client_makes_patches_lists_and_its_informer_misses_nothing()
    {
        var said = await RunAsync("node", Path.Combine(Programs, "stranger.mjs"), Packages);
        said.ShouldContain("an informer sees what is there, what comes, what changes and what goes");
        said.ShouldContain("a watch replaces a list");
        await RoomIsGoneAsync("from-javascript");
    }

    [Fact]
    public async Task Debians_python_client_works_typed_dynamic_and_watching()
    {
        var said = await RunAsync("/usr/bin/python3", Path.Combine(Programs, "stranger.py"));
        said.ShouldContain("kinds are found by discovery, and their objects made, patched and selected");
        said.ShouldContain("a watch tells each change once and in order");
        await RoomIsGoneAsync("from-python");
    }

    [Fact]
    public async Task A_web_page_reads_and_watches_with_a_token_and_no_more_than_it_may()
    {
        (await host.KubectlAsync("create", "serviceaccount", "page")).ShouldSucceed();
        (
            await host.KubectlAsync(
                "create",
                "rolebinding",
                "page",
                "--clusterrole=kubevirt.io:view",
                "--serviceaccount=default:page"
            )
        ).ShouldSucceed();
        var token = (await host.KubectlAsync("create", "token", "page")).ShouldSucceed().Output.Trim();
        var authority = Path.Combine(Directory.CreateTempSubdirectory("vireo-").FullName, "ca.pem");
        await File.WriteAllTextAsync(authority, await AuthorityAsync());

        var said = await Shell.RunAsync(
            ["node", Path.Combine(Programs, "page.mjs"), host.Server, token],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_EXTRA_CA_CERTS"] = authority }
        );

        said.ShouldSucceed()
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["list 200 VirtualMachineList", "watch 200", "secrets 403 Forbidden", "nonsense 401"]);
        (await host.KubectlAsync("delete", "rolebinding/page", "serviceaccount/page")).ShouldSucceed();
    }

    private async Task<string> AuthorityAsync()
    {
        const string Path = "jsonpath={.clusters[0].cluster.certificate-authority-data}";
        var coded = (await host.KubectlAsync("config", "view", "--raw", "-o", Path)).ShouldSucceed().Output;
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(coded.Trim()));
    }

    private async Task<string> RunAsync(params string[] command)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["KUBECONFIG"] = host.Kubeconfig };
        return (await Shell.RunAsync(command, environment)).ShouldSucceed().Output;
    }

    /// <summary>The programs delete their namespace at the end: with it goes all that they made.</summary>
    private Task RoomIsGoneAsync(string name) =>
        Eventually.Holds(
            async () => await host.Api.FindAsync($"/api/v1/namespaces/{name}") is null,
            $"the namespace {name} is gone with all that was in it"
        );
}
