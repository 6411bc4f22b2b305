using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Discovery;

/// <summary>Serves the schema of every kind, by which kubectl checks, explains and compares.</summary>
internal sealed class OpenApiEndpoint
{
    private const string V3 = "/openapi/v3";

    private readonly OpenApiDocuments _documents = new();

    /// <summary>The document at a path, in the form the client takes; null when there is none.</summary>
    public OpenApiDocument? Find(HttpRequest request, string path) =>
        path switch
        {
            "/openapi/v2" => WantsProtobuf(request) ? _documents.V2Protobuf : _documents.V2Json,
            V3 => _documents.Index,
            _ when path.StartsWith(V3 + "/", StringComparison.Ordinal) => _documents.Group(path[(V3.Length + 1)..]),
            _ => null,
        };

    /// <summary>Answers with a document, or with its name when the client has it already.</summary>
    public static Task WriteAsync(HttpContext context, OpenApiDocument document)
    {
        context.Response.Headers.ETag = document.ETag;
        if (context.Request.Headers.IfNoneMatch.Contains(document.ETag))
        {
            return Answer.BytesAsync(context, StatusCodes.Status304NotModified, default, document.ContentType);
        }

        // An address that names the hash names contents that never change.
        return context.Request.Query.ContainsKey("hash")
            ? Answer.BytesAsync(context, 200, document.Body, document.ContentType, "public, immutable")
            : Answer.BytesAsync(context, 200, document.Body, document.ContentType);
    }

    private static bool WantsProtobuf(HttpRequest request) =>
        request.Headers.Accept.Any(value =>
            OpenApiDocuments.ProtobufMediaTypes.Any(type =>
                value?.Contains(type, StringComparison.OrdinalIgnoreCase) == true
            )
        );
}
