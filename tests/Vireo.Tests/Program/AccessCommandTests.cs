using System.Net;
using System.Text.Json.Nodes;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>`vireo kubeconfig` and `vireo backup`, as an administrator types them.</summary>
public sealed class AccessCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_folder, "state");

    private string Archive => Path.Combine(_folder, "backup.tar");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_kubeconfig_that_was_written_for_a_user_lets_them_in_as_that_user()
    {
        await using var server = await RunningServer.StartAsync(folder: State);
        var file = Path.Combine(_folder, "ann.kubeconfig");

        var made = await RunningProgram.RunAsync(
            $"kubeconfig create ann --group developers --group team --output-file {file} --state-dir {State}"
        );

        made.ExitCode.ShouldBe(0, made.Error);
        made.Output.ShouldBe(
            $"{file} written: user ann at {server.Server.Address.GetLeftPart(UriPartial.Authority)}/\n"
        );
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var user = await WhoAmIAsync(Kubeconfig.Read(file));
        ((string?)user["username"]).ShouldBe("ann");
        user["groups"]!
            .AsArray()
            .Select(group => (string?)group)
            .ShouldBe(["developers", "team", "system:authenticated"], ignoreOrder: true);
    }

    [Fact]
    public async Task Without_a_file_it_is_printed_and_names_the_server_that_was_said()
    {
        await using var server = await RunningServer.StartAsync(folder: State);

        var made = await RunningProgram.RunAsync(
            $"kubeconfig create bob --server https://vms.example:7443 --valid-for 1h --state-dir {State}"
        );

        made.ExitCode.ShouldBe(0, made.Error);
        var file = Path.Combine(_folder, "bob.kubeconfig");
        await File.WriteAllTextAsync(file, made.Output, Ct);
        var bob = Kubeconfig.Read(file);
        bob.Server.ShouldBe(new("https://vms.example:7443"));
        ((string?)(await WhoAmIAsync(bob with { Server = server.Server.Address }))["username"]).ShouldBe("bob");
    }

    [Theory]
    [InlineData("kubeconfig create ann --valid-for never", 2, "--valid-for: 'never' is no length of time")]
    [InlineData("kubeconfig create ann --state-dir /nowhere", 1, "--state-dir")]
    [InlineData("kubeconfig create ann --server 10.0.0.1:7443", 2, "--server: '10.0.0.1:7443' is no https address")]
    [InlineData("server --service-account-issuer http://x", 2, "--service-account-issuer: 'http://x' is no https")]
    [InlineData("backup verify /nowhere/backup.tar", 1, "/nowhere/backup.tar")]
    [InlineData("backup restore /nowhere/backup.tar --state-dir FOLDER", 1, "/nowhere/backup.tar")]
    public async Task What_cannot_be_says_why(string line, int code, string says)
    {
        var refused = await RunningProgram.RunAsync(line.Replace("FOLDER", State, StringComparison.Ordinal));

        refused.ExitCode.ShouldBe(code);
        refused.Error.ShouldContain(says);
    }

    [Fact]
    public async Task A_backup_is_made_verified_and_put_in_the_place_of_a_state()
    {
        await using (var server = await RunningServer.StartAsync(folder: State))
        {
            await server.MakeAsync("kept");
            var made = await server.RunAsync($"backup create {Archive}");
            made.ExitCode.ShouldBe(0, made.Error);
            made.Output.ShouldStartWith("sound: of ");
            made.Output.ShouldContain("  configmaps\n");
            File.GetUnixFileMode(Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            (await RunningProgram.RunAsync($"backup verify {Archive}")).Output.ShouldBe(made.Output);
            var twice = await server.RunAsync($"backup create {Archive}");
            twice.ExitCode.ShouldBe(2);
            twice.Error.ShouldContain($"{Archive} is there already");
            await server.MakeAsync("later");
        }

        var restore = $"backup restore {Archive} --state-dir {State}";
        var kept = await RunningProgram.RunAsync(restore);
        kept.ExitCode.ShouldBe(1);
        kept.Error.ShouldContain("--replace");
        var restored = await RunningProgram.RunAsync($"{restore} --replace");
        restored.ExitCode.ShouldBe(0, restored.Error);
        restored.Output.ShouldContain($"restored to {State}\n");

        await using var again = await RunningServer.StartAsync(folder: State);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/kept")).Code.ShouldBe(HttpStatusCode.OK);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/later")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_backup_that_was_changed_is_not_taken_for_a_sound_one()
    {
        await using var server = await RunningServer.StartAsync(folder: State);
        (await server.RunAsync($"backup create {Archive}")).ExitCode.ShouldBe(0);
        var bytes = await File.ReadAllBytesAsync(Archive, Ct);
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0xA5);
        await File.WriteAllBytesAsync(Archive, bytes, Ct);

        var broken = await RunningProgram.RunAsync($"backup verify {Archive}");

        broken.ExitCode.ShouldBe(1);
        broken.Error.ShouldStartWith("vireo: ");
    }

    private static async Task<JsonNode> WhoAmIAsync(KubeconfigConnection connection)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        );
        request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await KubernetesClient.Connect(connection).SendAsync(request, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["status"]!["userInfo"]!;
    }
}
