using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Hosts that join over the network: docs/hosts.md.</summary>
public sealed class JoinTests(JoinedHost host) : IClassFixture<JoinedHost>
{
    [Fact]
    public async Task A_host_that_joined_runs_a_guest_whose_console_works_over_the_network()
    {
        ((string?)(await host.HostAsync("host2"))!["status"]!["endpoint"]).ShouldBe(
            $"https://{JoinedHost.AgentAddress}:7444"
        );
        await StartGuestAsync("far", "host2");
        var uid = await RunsAsync("far", "host2");

        await using (var console = await ConsoleAsync("far"))
        {
            await TalkAsync(console);
            (await host.Api.AskForStreamAsync(StreamPath("far"))).ShouldRefuse(
                409,
                "Conflict",
                "Active console connection. Request denied."
            );
        }

        // Its certificate is all it needs from now on: no token, no address.
        host.KillAgent();
        host.StartAgent();
        await using (var again = await ReopenAsync("far"))
        {
            await TalkAsync(again);
        }

        (await RunsAsync("far", "host2")).ShouldBe(uid);
        (await host.KubectlAsync("delete", "vm", "far")).ShouldSucceed();
    }

    [Fact]
    public async Task A_used_an_ended_and_a_mistyped_token_are_refused_in_words()
    {
        var used = await host.TryToJoinAsync(host.Token);
        used.ExitCode.ShouldBe(1);
        used.Error.ShouldContain("was used by host \"host2\"");
        used.Error.ShouldContain("vireo token create");

        var shortLived = await host.NewTokenAsync("--ttl", "1s");
        await Eventually.Holds(
            async () => (await host.RunAsync("token", "list")).Output.Contains("ended", StringComparison.Ordinal),
            "the token ends"
        );
        var ended = await host.TryToJoinAsync(shortLived);
        ended.ExitCode.ShouldBe(1);
        ended.Error.ShouldContain(" ended at ");

        var taken = await host.TryToJoinAsync(await host.NewTokenAsync(), "host1");
        taken.ExitCode.ShouldBe(1);
        taken.Error.ShouldContain("There is a host \"host1\" already");

        var elsewhere = await host.TryToJoinAsync(
            await host.NewTokenAsync(),
            "host3",
            "--ca-hash",
            new string('0', 64)
        );
        elsewhere.ExitCode.ShouldBe(1);
        elsewhere.Error.ShouldContain("is not the one that the token is for");

        (await host.TryToJoinAsync("abc")).Error.ShouldContain("this is no join token");
        (await host.HostAsync("host3")).ShouldBeNull();
    }

    [Fact]
    public async Task A_hosts_certificate_writes_nothing_of_another_host_and_reads_no_secrets_of_others()
    {
        await StartGuestAsync("near", "host1");
        await RunsAsync("near", "host1");
        (await host.KubectlAsync("create", "secret", "generic", "key", "--from-literal=a=b")).ShouldSucceed();

        (await host.AsAgentAsync("get", "vmi", "--field-selector", "status.nodeName=host2")).ShouldSucceed();
        (await host.AsAgentAsync("get", "host/host1", "node/host1")).ShouldSucceed();
        foreach (
            var attempt in new[]
            {
                "patch vmi near --type merge -p {\"status\":{\"nodeName\":\"host2\"}}",
                "delete vmi near",
                "delete vm near",
                "label node host1 a=b",
                "delete host host1",
                "get vmi near",
                "get vm near",
                "get vmi",
                "get hosts",
                "get nodes",
                "get secret key",
                "get secrets -A",
                "get secrets -n kube-system",
                "create configmap mine",
            }
        )
        {
            var answer = await host.AsAgentAsync(attempt.Split(' '));
            answer.ExitCode.ShouldNotBe(0, attempt);
            answer.Error.ShouldContain("forbidden", Case.Insensitive, attempt);
        }

        await RunsAsync("near", "host1");
        (await host.KubectlAsync("delete", "vm", "near")).ShouldSucceed();
    }

    private static string StreamPath(string name) => $"{Api.Subresources}/virtualmachineinstances/{name}/console";

    private Task<GuestStream> ConsoleAsync(string name) => host.Api.OpenStreamAsync(StreamPath(name));

    private Task<GuestStream> ReopenAsync(string name) =>
        Eventually.Get(
            async () =>
            {
                try
                {
                    return await ConsoleAsync(name);
                }
                catch (WebSocketException)
                {
                    return null;
                }
            },
            $"the console of {name} can be opened again"
        );

    private static async Task TalkAsync(GuestStream console)
    {
        var history = await console.ReadUntilAsync(MicroGuest.Banner);
        await console.SendAsync("xyz");
        await console.ReadUntilAsync("...", history.Length);
    }

    private async Task StartGuestAsync(string name, string node)
    {
        var document = new MicroGuest(null!, name).Document("Always");
        document["spec"]!["template"]!["spec"]!["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = node };
        (
            await host.Api.SendAsync(HttpMethod.Post, $"{Api.Kubevirt}/virtualmachines", document.ToJsonString())
        ).ShouldBe(201);
    }

    /// <summary>Waits until it runs on a host, and gives the run.</summary>
    private async Task<string> RunsAsync(string name, string node)
    {
        var vmi = await Eventually.Sees(
            () => host.Api.FindAsync($"{Api.Kubevirt}/virtualmachineinstances/{name}"),
            seen => (string?)seen?["status"]?["phase"] == "Running" && (string?)seen["status"]!["nodeName"] == node,
            $"{name} runs on {node}"
        );
        return (string)vmi!["metadata"]!["uid"]!;
    }
}
