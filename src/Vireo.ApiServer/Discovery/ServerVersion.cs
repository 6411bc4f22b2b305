using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vireo.ApiServer.Discovery;

/// <summary>What <c>/version</c> says.</summary>
internal static class ServerVersion
{
    /// <summary>The Kubernetes version whose protocol is spoken: clients compare it with their own.</summary>
    private const string Kubernetes = "1.34";

    public static byte[] Document()
    {
        var parts = Kubernetes.Split('.');
        return Document($"v{Kubernetes}.0+vireo.{Own()}", ("major", parts[0]), ("minor", parts[1]));
    }

    /// <summary>What the group of subresources says: Vireo's own version, in KubeVirt's form.</summary>
    public static byte[] OwnDocument() => Document($"v{Own()}+vireo");

    private static byte[] Document(string version, params ReadOnlySpan<(string Name, string Value)> first)
    {
        using var buffer = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            writer.WriteStartObject();
            foreach (var (name, value) in first)
            {
                writer.WriteString(name, value);
            }

            writer.WriteString("gitVersion", version);
            writer.WriteString("gitCommit", "");
            writer.WriteString("gitTreeState", "");
            writer.WriteString("buildDate", "1970-01-01T00:00:00Z");
            writer.WriteString("goVersion", "");
            writer.WriteString("compiler", RuntimeInformation.FrameworkDescription);
            writer.WriteString("platform", $"linux/{Architecture()}");
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Vireo's own version.</summary>
    public static string Own() => typeof(ServerVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static string Architecture() =>
        RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
}
