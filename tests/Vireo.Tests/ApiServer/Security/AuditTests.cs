using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer;
using Vireo.ApiServer.Auditing;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

public sealed class AuditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_asked_for_what_is_written_down_and_never_what_was_in_it()
    {
        var log = Path.Combine(_folder, "audit.log");
        await using (
            var server = await RunningServer.StartAsync(
                folder: Path.Combine(_folder, "state"),
                told: options => options with { Audit = new AuditOptions(log) }
            )
        )
        {
            using var bob = server.Server.CreateClient("bob", "developers");
            await server.PostAsync(
                "/api/v1/namespaces/default/secrets",
                """{"metadata":{"name":"s"},"stringData":{"key":"hush"} }"""
            );
            await RunningServer.SendAsync(bob, "GET", "/api/v1/namespaces/default/secrets/s");
            using var asBob = server.Server.CreateClient("admin", "system:masters");
            asBob.DefaultRequestHeaders.Add("Impersonate-User", "bob");
            await RunningServer.SendAsync(asBob, "GET", "/version");
        }

        var text = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
        text.ShouldNotContain("hush");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Where(line => line["user"]!["username"]!.ToString() is "tester" or "bob" or "admin")
            .ToList();
        lines.Count.ShouldBe(3, text);
        (lines[0]["verb"] + " " + lines[0]["objectRef"]!.ToJsonString()).ShouldBe(
            """create {"resource":"secrets","namespace":"default"}"""
        );
        lines[0]["responseStatus"]!["code"]!.GetValue<int>().ShouldBe(201);
        lines[1]["objectRef"]!["name"]!.ToString().ShouldBe("s");
        lines[1]["responseStatus"]!.ToJsonString().ShouldBe("""{"code":403,"reason":"Forbidden"}""");
        lines[1]["annotations"]!["authorization.k8s.io/decision"]!.ToString().ShouldBe("forbid");
        lines[2]["impersonatedUser"]!["username"]!.ToString().ShouldBe("bob");
        lines.ShouldAllBe(line =>
            line["kind"]!.ToString() == "Event" && line["apiVersion"]!.ToString() == "audit.k8s.io/v1"
        );
    }

    [Fact]
    public async Task What_an_agent_is_refused_and_which_secrets_it_reads_is_written_down()
    {
        var ct = TestContext.Current.CancellationToken;
        await using (var server = await StartAsync())
        {
            var own = new KubernetesClient(server.Own);
            var agent = (await server.JoinAsync("host2")).Connect();
            await server.PostAsync("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"} }""");
            await server.PostAsync(RunningServer.Vmis, VmiWith("mine", "s"));
            await own.ChangeStatusAsync<VirtualMachineInstance>(
                new("default", "mine"),
                seen => seen with { Status = (seen.Status ?? new()) with { NodeName = "host2" } },
                ct
            );

            await agent.FindAsync<VirtualMachineInstance>(new("default", "mine"), ct);
            await agent.FindAsync<Secret>(new("default", "s"), ct);
            await own.FindAsync<Secret>(new("default", "s"), ct);
            await Should.ThrowAsync<ApiException>(agent.FindAsync<Secret>(new("default", "other"), ct));
            await Should.ThrowAsync<ApiException>(agent.ListAsync<VirtualMachineInstance>(new(), ct));
            await Should.ThrowAsync<ApiException>(agent.ListAsync<Event>(new(), ct));
            await agent.CreateAsync(new Node { Metadata = new() { Name = "host2" } }, ct);
        }

        (await ToldAsync(line => line.StartsWith("system:node:host2 ", StringComparison.Ordinal))).ShouldBe([
            "system:node:host2 get secrets 200",
            "system:node:host2 get secrets 403",
            "system:node:host2 list virtualmachineinstances 403",
            "system:node:host2 list events 403",
            "system:node:host2 create nodes 201",
        ]);
        (await ToldAsync(line => line.Contains("get secrets", StringComparison.Ordinal))).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Only_what_is_in_the_process_is_quiet()
    {
        var tokens = Path.Combine(_folder, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "t,eve,1,\"system:masters,system:vireo\"\n", default(CancellationToken));
        await using (var server = await StartAsync(options => options with { TokenFile = tokens }))
        {
            using var handler = new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
            };
            using var eve = new HttpClient(handler) { BaseAddress = server.Server.Address };
            eve.DefaultRequestHeaders.Authorization = new("Bearer", "t");
            (await RunningServer.SendAsync(eve, "GET", "/api/v1/secrets")).Code.ShouldBe(HttpStatusCode.OK);
            (await RunningServer.SendAsync(server.Own, "GET", "/api/v1/secrets")).Code.ShouldBe(HttpStatusCode.OK);
        }

        (await ToldAsync(line => line.Contains(" secrets ", StringComparison.Ordinal))).ShouldBe([
            "eve list secrets 200",
        ]);
    }

    [Fact]
    public void The_log_is_put_aside_when_it_is_full_and_the_oldest_goes()
    {
        var path = Path.Combine(_folder, "audit.log");
        using (var file = new AuditFile(new AuditOptions(path) { MaxBytes = 10, MaxBackups = 2 }))
        {
            foreach (var word in new[] { "first", "second", "third", "fourth", "x" })
            {
                file.Add(System.Text.Encoding.ASCII.GetBytes(word + "\n"));
            }
        }

        File.ReadAllText(path).ShouldBe("fourth\nx\n");
        File.ReadAllText(path + ".1").ShouldBe("third\n");
        File.ReadAllText(path + ".2").ShouldBe("second\n");
        File.Exists(path + ".3").ShouldBeFalse();
    }

    private string LogPath => Path.Combine(_folder, "audit.log");

    private Task<RunningServer> StartAsync(Func<ApiServerOptions, ApiServerOptions>? told = null) =>
        RunningServer.StartAsync(
            folder: Path.Combine(_folder, "state"),
            told: options => (told?.Invoke(options) ?? options) with { Audit = new AuditOptions(LogPath) }
        );

    /// <summary>What is in the log: who, what, of what, and how it ended.</summary>
    private async Task<IReadOnlyList<string>> ToldAsync(Predicate<string> matches) =>
        [
            .. (await File.ReadAllLinesAsync(LogPath, TestContext.Current.CancellationToken))
                .Select(line => JsonNode.Parse(line)!)
                .Select(line =>
                    $"{line["user"]!["username"]} {line["verb"]} {line["objectRef"]?["resource"]} "
                    + $"{line["responseStatus"]!["code"]}"
                )
                .Where(line => matches(line)),
        ];

    private static string VmiWith(string name, string secret) =>
        $$"""
            {"metadata":{"name":"{{name}}"},"spec":{"domain":{"devices":{"disks":[{"name":"i","disk":{"bus":"virtio"} }]},
             "memory":{"guest":"64Mi"} },"volumes":[{"name":"i","cloudInitNoCloud":{"secretRef":{"name":"{{secret}}"} } }]} }
            """;
}
