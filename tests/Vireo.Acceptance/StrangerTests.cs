namespace Vireo.Acceptance;

/// <summary>Clients that were not written for Vireo: the official ones of other languages, and a browser.</summary>
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
    public async Task A_page_in_a_browser_reads_writes_and_watches_with_a_token_and_no_more_than_it_may() =>
        (await ShowPageAsync(host.PagePort, "page")).ShouldBe([
            "list 200 VirtualMachineList",
            "position 200",
            "create 201",
            "patch 200",
            "watch ADDED MODIFIED",
            "delete 200",
            "roles 403 Forbidden",
            "nonsense 401",
        ]);

    [Fact]
    public async Task The_browser_lets_no_page_in_whose_origin_was_not_allowed() =>
        (await ShowPageAsync(ThisMachine.FreePort(), "stranger"))
            .Select(line => line.Split(' ')[1])
            .Distinct()
            .ShouldBe(["TypeError"]);

    /// <summary>What a page says that a browser loaded from a port; its token's account may edit.</summary>
    private async Task<IReadOnlyList<string>> ShowPageAsync(int port, string account)
    {
        (await host.KubectlAsync("create", "serviceaccount", account)).ShouldSucceed();
        (
            await host.KubectlAsync(
                "create",
                "rolebinding",
                account,
                "--clusterrole=edit",
                $"--serviceaccount=default:{account}"
            )
        ).ShouldSucceed();
        var token = (await host.KubectlAsync("create", "token", account)).ShouldSucceed().Output.Trim();
        var origin = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // Wherever an interface comes or goes, as other tests make them, a browser gives up what it asked for.
        using var network = await NetworkNamespace.StartAsync();
        await using var passage = await Passage.OpenAsync(network, new Uri(host.Server).Port);
        string[] browser = ["node", Path.Combine(Programs, "browser.mjs"), host.Server, token, origin];
        var said = await RunAsync([.. network.Inside, .. browser]);
        (await host.KubectlAsync("delete", $"rolebinding/{account}", $"serviceaccount/{account}")).ShouldSucceed();
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
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
