using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Security;

/// <summary>Signs the tokens of service accounts, and tells its own from others'. JSON Web Tokens, ES256.</summary>
internal sealed class TokenKey : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 10, AllowDuplicateProperties = false };

    private readonly Lock _gate = new();
    private readonly ECDsa _key;
    private readonly string _header;

    private TokenKey(ECDsa key)
    {
        _key = key;
        Id = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        _header = Encode(new JsonObject { ["alg"] = "ES256", ["kid"] = Id });
    }

    /// <summary>Names the key in tokens.</summary>
    public string Id { get; }

    /// <summary>Makes a key.</summary>
    public static TokenKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key.</summary>
    /// <exception cref="CryptographicException">The text is no private key of the curve P-256 in PEM.</exception>
    public static TokenKey Parse(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.KeySize == 256
                ? new(key)
                : throw new CryptographicException($"a key of {key.KeySize} bits is not one of the curve P-256");
        }
        catch (Exception wrong)
        {
            key.Dispose();
            throw wrong is ArgumentException ? new CryptographicException(wrong.Message, wrong) : wrong;
        }
    }

    /// <summary>The key itself, to be kept where only the server reads it.</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Makes a token that says what is claimed.</summary>
    public string Sign(JsonObject claims)
    {
        var text = $"{_header}.{Encode(claims)}";
        lock (_gate)
        {
            return $"{text}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
    }

    /// <summary>What a token claims; null when it was not made with this key.</summary>
    public JsonObject? Verify(string token)
    {
        if (token.Split('.') is not [var header, var claims, var signature] || !Ascii.IsValid(token))
        {
            return null;
        }

        try
        {
            if (Decode(header) is not { } said || Text(said["alg"]) != "ES256" || Text(said["kid"]) != Id)
            {
                return null;
            }

            var bytes = Base64Url.DecodeFromChars(signature);
            lock (_gate)
            {
                var signed = Encoding.ASCII.GetBytes($"{header}.{claims}");
                return _key.VerifyData(signed, bytes, HashAlgorithmName.SHA256) ? Decode(claims) : null;
            }
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The public key, for those who check tokens themselves (JWKS).</summary>
    public JsonObject Public()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["use"] = "sig",
                    ["kty"] = "EC",
                    ["kid"] = Id,
                    ["crv"] = "P-256",
                    ["alg"] = "ES256",
                    ["x"] = Base64Url.EncodeToString(point.X),
                    ["y"] = Base64Url.EncodeToString(point.Y),
                }
            ),
        };
    }

    public void Dispose() => _key.Dispose();

    private static string? Text(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static JsonObject? Decode(string part) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(part), null, Strict) as JsonObject;
}
