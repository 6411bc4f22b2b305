using System.Diagnostics;
using System.Net.Sockets;

namespace Vireo.Acceptance;

/// <summary>
/// Debian's docker-registry on a host's loopback, with or without a password, with its blobs in reach of the test.
/// </summary>
internal sealed class Registry : IAsyncDisposable
{
    public const string User = "tester";
    public const string Password = "open-sesame";

    /// <summary>bcrypt of the password: the only form that the registry takes.</summary>
    private const string PasswordHash = "$2b$05$YR0HAu86wyf5k9nP7u2QbOrSASEHxd9o5pcAZpp.uJdTkJC/GfsDS";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-registry-").FullName;
    private readonly VireoHost _host;
    private readonly int _port = ThisMachine.FreePort();
    private readonly bool _needsPassword;
    private Process? _process;

    private Registry(VireoHost host, bool needsPassword) => (_host, _needsPassword) = (host, needsPassword);

    public string Address => $"127.0.0.1:{_port}";

    public static async Task<Registry> StartAsync(VireoHost host, bool needsPassword = false)
    {
        var registry = new Registry(host, needsPassword);
        await registry.UpAsync();
        return registry;
    }

    public async Task UpAsync()
    {
        var configuration = Path.Combine(_folder, "config.yml");
        await File.WriteAllTextAsync(Path.Combine(_folder, "htpasswd"), $"{User}:{PasswordHash}\n");
        var password = _needsPassword ? "\nauth: {htpasswd: {realm: test, path: " + _folder + "/htpasswd}}" : "";
        await File.WriteAllTextAsync(
            configuration,
            $$$"""
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: {{{_folder}}}/blobs}}
            http: {addr: "{{{Address}}}"}{{{password}}}
            """
        );
        _process = ThisMachine.Launch($"docker-registry serve '{configuration}'", "/dev/null", _host.Network);
        await Eventually.Holds(async () => await AnswersAsync(), "the registry answers");
    }

    public void Down()
    {
        _process?.Kill();
        _process?.WaitForExit();
    }

    /// <summary>Copies an OCI layout into the registry; returns the name to use in a manifest.</summary>
    public async Task<string> PushAsync(string layout, string name)
    {
        string[] credentials = _needsPassword ? ["--dest-creds", $"{User}:{Password}"] : [];
        var target = $"{Address}/{name}";
        (
            await _host.OnHostAsync([
                "skopeo",
                "--insecure-policy",
                "copy",
                "--dest-tls-verify=false",
                .. credentials,
                $"oci:{layout}",
                $"docker://{target}",
            ])
        ).ShouldSucceed();
        return target;
    }

    /// <summary>Changes a byte of the largest blob, so that its content is not what its digest says.</summary>
    public void Lie()
    {
        var blob = Directory
            .EnumerateFiles(Path.Combine(_folder, "blobs"), "data", SearchOption.AllDirectories)
            .MaxBy(file => new FileInfo(file).Length)!;
        using var stream = File.Open(blob, FileMode.Open);
        stream.Seek(stream.Length / 2, SeekOrigin.Begin);
        var value = stream.ReadByte();
        stream.Seek(-1, SeekOrigin.Current);
        stream.WriteByte((byte)(value ^ 0xFF));
    }

    public ValueTask DisposeAsync()
    {
        Down();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var connection = await _host.ConnectAsync(_port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
