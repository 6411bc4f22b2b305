using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Tests.Agent;

/// <summary>
/// Debian's docker-registry on loopback, with or without a password, with its blobs in reach of the test.
/// </summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private const string User = "tester";
    private const string Password = "open-sesame";

    /// <summary>bcrypt of the password: the only form that the registry takes.</summary>
    private const string PasswordHash = "$2b$05$YR0HAu86wyf5k9nP7u2QbOrSASEHxd9o5pcAZpp.uJdTkJC/GfsDS";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-registry-").FullName;
    private readonly int _port = FreePort();
    private readonly bool _needsPassword;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private TestRegistry(bool needsPassword) => _needsPassword = needsPassword;

    public string Address => $"127.0.0.1:{_port}";

    /// <summary>A pull secret's content that opens it.</summary>
    public string Credentials
    {
        get
        {
            var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
            return new JsonObject
            {
                ["auths"] = new JsonObject { [Address] = new JsonObject { ["auth"] = token } },
            }.ToJsonString();
        }
    }

    public static async Task<TestRegistry> StartAsync(bool needsPassword = false)
    {
        var registry = new TestRegistry(needsPassword);
        await registry.UpAsync();
        return registry;
    }

    public async Task UpAsync()
    {
        var configuration = Path.Combine(_folder, "config.yml");
        await File.WriteAllTextAsync(Path.Combine(_folder, "htpasswd"), $"{User}:{PasswordHash}\n");
        var password = _needsPassword ? $"\nauth: {{htpasswd: {{realm: test, path: {_folder}/htpasswd}}}}" : "";
        await File.WriteAllTextAsync(
            configuration,
            $$$"""
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: {{{_folder}}}/blobs}}
            http: {addr: "{{{Address}}}"}{{{password}}}
            """
        );
        _process = new Process
        {
            StartInfo = new("docker-registry", ["serve", configuration])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.HoldsAsync(Answers, "the registry answers");
    }

    /// <summary>How many requests of this kind it had.</summary>
    public int Count(string request)
    {
        lock (_log)
        {
            return _log.ToString().Split(request).Length - 1;
        }
    }

    public void Down()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Copies an OCI layout into the registry; returns the name to use in a manifest.</summary>
    public async Task<string> PushAsync(string layout, string name)
    {
        var target = $"{Address}/{name}";
        string[] credentials = _needsPassword ? ["--dest-creds", $"{User}:{Password}"] : [];
        string[] line = ["skopeo", "--insecure-policy", "copy", "--all", "--dest-tls-verify=false", .. credentials];
        await TestImages.RunAsync([.. line, $"oci:{layout}", $"docker://{target}"]);
        return target;
    }

    /// <summary>Changes a byte of the largest blob, so that its content is not what its digest says.</summary>
    public void Lie()
    {
        var blob = Directory
            .EnumerateFiles(Path.Combine(_folder, "blobs"), "data", SearchOption.AllDirectories)
            .MaxBy(file => new FileInfo(file).Length)!;
        var content = File.ReadAllBytes(blob);
        content[content.Length / 2] ^= 0xFF;
        File.WriteAllBytes(blob, content);
    }

    public ValueTask DisposeAsync()
    {
        Down();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
        {
            _log.AppendLine(e.Data);
        }
    }

    private bool Answers()
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
