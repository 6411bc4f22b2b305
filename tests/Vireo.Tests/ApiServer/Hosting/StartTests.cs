using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Vireo.ApiServer;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Hosting;

public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Keys_and_kubeconfig_are_the_owners_alone()
    {
        await using var server = await RunningServer.StartAsync(folder: _folder);
        foreach (var file in new[] { "admin.kubeconfig", "pki/ca.key", "pki/server.key", "pki/admin.key" })
        {
            File.GetUnixFileMode(Path.Combine(_folder, file))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task Objects_identity_and_history_outlive_the_server()
    {
        string version;
        await using (var first = await RunningServer.StartAsync(folder: _folder))
        {
            version = (await first.MakeVmAsync("a"))["metadata"]!["resourceVersion"]!.ToString();
            await first.MakeAsync("b");
        }

        var before = File.ReadAllText(Path.Combine(_folder, "pki/ca.crt"));
        await using var second = await RunningServer.StartAsync(folder: _folder);
        (await second.GetAsync(RunningServer.Vms)).Names.ShouldBe(["a"]);
        File.ReadAllText(Path.Combine(_folder, "pki/ca.crt")).ShouldBe(before);
        using var watch = await second.WatchAsync(RunningServer.ConfigMaps + "?resourceVersion=" + version);
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
    }

    [Fact]
    public async Task Certificates_near_their_end_are_renewed_and_the_authority_stays()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        string Serial(string name)
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(
                Path.Combine(_folder, $"pki/{name}.crt")
            );
            return certificate.SerialNumber;
        }

        await using (await RunningServer.StartAsync(time, _folder)) { }
        var (authority, server, admin) = (Serial("ca"), Serial("server"), Serial("admin"));
        await using (await RunningServer.StartAsync(time, _folder)) { }
        (Serial("ca"), Serial("server"), Serial("admin")).ShouldBe((authority, server, admin));

        time.Advance(TimeSpan.FromDays(340));
        await using (await RunningServer.StartAsync(time, _folder)) { }
        Serial("ca").ShouldBe(authority);
        Serial("server").ShouldNotBe(server);
        Serial("admin").ShouldNotBe(admin);
        var written = Kubeconfig.Read(Path.Combine(_folder, "admin.kubeconfig")).ClientCertificate!;
        X509Certificate2.CreateFromPem(written).SerialNumber.ShouldBe(Serial("admin"));
    }

    [Fact]
    public async Task A_new_name_of_the_server_gets_a_new_certificate()
    {
        await using (await StartAsync()) { }
        var before = File.ReadAllText(Path.Combine(_folder, "pki/server.crt"));
        await using (
            await Vireo.ApiServer.ApiServer.StartAsync(
                new ApiServerOptions
                {
                    StateFolder = _folder,
                    Port = 0,
                    ExtraNames = ["vireo.example.com", "192.0.2.7"],
                },
                CancellationToken.None
            )
        ) { }
        var after = File.ReadAllText(Path.Combine(_folder, "pki/server.crt"));
        after.ShouldNotBe(before);
        using var certificate = X509Certificate2.CreateFromPem(after);
        certificate.MatchesHostname("vireo.example.com").ShouldBeTrue();
        certificate.MatchesHostname("192.0.2.7").ShouldBeTrue();
        certificate.MatchesHostname("localhost").ShouldBeTrue();
    }

    [Fact]
    public async Task A_port_in_use_is_said_in_one_sentence()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var refusal = await Should.ThrowAsync<ApiServerStartException>(() => StartAsync(port));
        refusal.Message.ShouldBe(
            $"Port {port} on 127.0.0.1 is in use: stop the program that listens there, or choose another port."
        );
        await using var server = await StartAsync();
    }

    [Fact]
    public async Task A_state_folder_in_use_is_said_in_one_sentence()
    {
        await using var server = await StartAsync();
        var refusal = await Should.ThrowAsync<ApiServerStartException>(() => StartAsync());
        refusal.Message.ShouldBe(
            $"The state folder {_folder} is in use by another vireo: stop that one, or choose another folder."
        );
    }

    [Fact]
    public async Task A_state_folder_of_a_newer_version_is_left_alone()
    {
        File.WriteAllText(Path.Combine(_folder, "version"), "99\n");
        var refusal = await Should.ThrowAsync<ApiServerStartException>(() => StartAsync());
        refusal.Message.ShouldStartWith($"The state folder {_folder} was written by a newer Vireo (layout 99");
        File.Exists(Path.Combine(_folder, "vireo.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_said_in_one_sentence()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var refusal = await Should.ThrowAsync<ApiServerStartException>(() =>
            Vireo.ApiServer.ApiServer.StartAsync(
                new ApiServerOptions { StateFolder = Path.Combine(file, "state"), Port = 0 },
                CancellationToken.None
            )
        );
        refusal.Message.ShouldStartWith($"The state folder {file}/state cannot be written (");
    }

    private Task<Vireo.ApiServer.ApiServer> StartAsync(int port = 0) =>
        Vireo.ApiServer.ApiServer.StartAsync(
            new ApiServerOptions { StateFolder = _folder, Port = port },
            CancellationToken.None
        );
}
