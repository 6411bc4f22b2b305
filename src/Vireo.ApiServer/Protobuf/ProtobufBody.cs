using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Protobuf;

/// <summary>Reads Kubernetes' protobuf bodies: an envelope around a message.</summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    private static readonly ProtobufMessage Envelope = new(
        new Dictionary<int, ProtobufField>
        {
            [1] = new(
                "type",
                FieldForm.Message,
                new ProtobufMessage(
                    new Dictionary<int, ProtobufField>
                    {
                        [1] = new("apiVersion", FieldForm.Text),
                        [2] = new("kind", FieldForm.Text),
                    }
                )
            ),
            [2] = new("raw", FieldForm.Bytes),
        }
    );

    /// <summary>The object in the body as JSON, with its kind and version.</summary>
    /// <exception cref="FormatException">It is no such body.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body, ProtobufMessage message)
    {
        if (!body.StartsWith(Magic))
        {
            throw new FormatException("the body does not start with the mark of Kubernetes' protobuf");
        }

        var envelope = ProtobufReader.Read(body[Magic.Length..], Envelope);
        var raw = Convert.FromBase64String(envelope["raw"]?.GetValue<string>() ?? "");
        var json = ProtobufReader.Read(raw, message);
        foreach (var name in new[] { "apiVersion", "kind" })
        {
            if (envelope["type"]?[name]?.GetValue<string>() is { Length: > 0 } text)
            {
                json[name] = text;
            }
        }

        return json;
    }
}
