using System.Text.Json.Nodes;
using Vireo.ApiServer;
using Vireo.ApiServer.Auditing;

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
}
