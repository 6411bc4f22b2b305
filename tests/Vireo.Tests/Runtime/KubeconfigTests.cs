using System.Runtime.Versioning;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string text, string name = "config")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - name: one
          context: {cluster: c1, user: u1}
        - name: two
          context: {cluster: c2, user: u2, namespace: team}
        clusters:
        - name: c1
          cluster: {server: "https://10.0.0.1:6443", certificate-authority: ca.pem, tls-server-name: kubernetes}
        - name: c2
          cluster: {server: "http://localhost:8080", insecure-skip-tls-verify: true}
        users:
        - name: u1
          user: {client-certificate: user.pem, client-key-data: a2V5}
        - name: u2
          user: {token: secret, tokenFile: token.txt}
        """;

    [Fact]
    public void The_current_context_is_read_with_the_files_beside_it()
    {
        Write("AUTHORITY", "ca.pem");
        Write("CERTIFICATE", "user.pem");

        Kubeconfig
            .Read(Write(Two))
            .ShouldBe(
                new KubeconfigConnection
                {
                    Server = new("https://10.0.0.1:6443"),
                    CertificateAuthority = "AUTHORITY",
                    TlsServerName = "kubernetes",
                    ClientCertificate = "CERTIFICATE",
                    ClientKey = "key",
                }
            );
    }

    [Fact]
    public void Another_context_is_read_by_its_name() =>
        Kubeconfig
            .Read(Write(Two), "two")
            .ShouldBe(
                new KubeconfigConnection
                {
                    Server = new("http://localhost:8080"),
                    Namespace = "team",
                    InsecureSkipTlsVerify = true,
                    Token = "secret",
                    TokenFile = Path.Combine(_folder, "token.txt"),
                }
            );

    [Fact]
    public void Of_several_files_the_first_that_names_a_thing_counts()
    {
        var first = Write("users:\n- name: u2\n  user: {token: first}\ncurrent-context: two", "first");
        var list = string.Join(Path.PathSeparator, Path.Combine(_folder, "absent"), first, Write(Two));

        var connection = KubeconfigReader.Open(null, list).Connection(null);

        (connection.Server.Port, connection.Token).ShouldBe((8080, "first"));
    }

    [Theory]
    [InlineData("a: [", "config: line 2")]
    [InlineData("- 1", "config: is no kubeconfig")]
    [InlineData("kind: Config", "current-context is not set")]
    [InlineData("current-context: x", "contexts has no entry named 'x'")]
    [InlineData("current-context: 5", "current-context must be a text")]
    [InlineData(
        "contexts: [{name: x, context: {user: u}}]\ncurrent-context: x",
        "contexts[x].context.cluster is missing"
    )]
    public void A_file_that_is_wrong_is_told_with_its_field(string text, string message)
    {
        var e = Should.Throw<InvalidOperationException>(() => Kubeconfig.Read(Write(text)));
        e.Message.ShouldContain(message);
        e.Message.ShouldStartWith(_folder);
    }

    [Theory]
    [InlineData("{server: nowhere}", "{}", "clusters[c].cluster.server is no address")]
    [InlineData(
        "{server: 'https://x', insecure-skip-tls-verify: 1}",
        "{}",
        "insecure-skip-tls-verify must be true or false"
    )]
    [InlineData("{server: 'https://x', certificate-authority: no.pem}", "{}", "certificate-authority cannot be read")]
    [InlineData(
        "{server: 'https://x', certificate-authority-data: '*'}",
        "{}",
        "certificate-authority-data is not base64"
    )]
    [InlineData("{server: 'https://x'}", "{exec: {command: aws}}", "users[u].user.exec is not supported")]
    public void An_entry_that_is_wrong_is_told_with_its_field(string cluster, string user, string message)
    {
        var text = $"""
            current-context: x
            contexts: [{"{"}name: x, context: {"{"}cluster: c, user: u{"}"}{"}"}]
            clusters: [{"{"}name: c, cluster: {cluster}{"}"}]
            users: [{"{"}name: u, user: {user}{"}"}]
            """;
        Should.Throw<InvalidOperationException>(() => Kubeconfig.Read(Write(text))).Message.ShouldContain(message);
    }

    [Fact]
    public void A_missing_file_is_told_with_what_to_do()
    {
        Should
            .Throw<InvalidOperationException>(() => KubeconfigReader.Open(null, Path.Combine(_folder, "none")))
            .Message.ShouldContain("set KUBECONFIG");
        Should.Throw<InvalidOperationException>(() => Kubeconfig.Read(Path.Combine(_folder, "none")));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void What_is_written_reads_back_and_only_its_owner_may_read_it()
    {
        var path = Path.Combine(_folder, "new", "admin.conf");
        var connection = new KubeconfigConnection
        {
            Server = new("https://127.0.0.1:6443"),
            CertificateAuthority = "CA\n",
            ClientCertificate = "CERT\n",
            ClientKey = "KEY\n",
            TlsServerName = "vireo",
            Namespace = "team",
        };

        Kubeconfig.Write(path, "vireo", connection with { Token = "old" });
        Kubeconfig.Write(path, "vireo", connection);

        Kubeconfig.Read(path).ShouldBe(connection);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
        connection.ToString().ShouldNotContain("KEY");
    }

    [Fact]
    public void A_pod_connects_by_its_service_account()
    {
        Kubeconfig.InCluster("10.1.2.3", "443", _folder).ShouldBeNull();
        Write("t", "token");
        Write("CA", "ca.crt");
        Write("team\n", "namespace");
        Kubeconfig.InCluster(null, "443", _folder).ShouldBeNull();

        Kubeconfig
            .InCluster("fd00::1", "6443", _folder)
            .ShouldBe(
                new KubeconfigConnection
                {
                    Server = new("https://[fd00::1]:6443"),
                    CertificateAuthority = "CA",
                    TokenFile = Path.Combine(_folder, "token"),
                    Namespace = "team",
                }
            );
    }
}
