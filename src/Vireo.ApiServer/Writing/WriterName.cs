using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Writing;

/// <summary>Tells under which name a request writes.</summary>
internal static class WriterName
{
    private const int LongestName = 128;

    /// <summary>The write that a request makes.</summary>
    /// <exception cref="StatusException">Invalid: the name is missing, too long, or not to be printed.</exception>
    public static Write Of(ApiRequest request, DateTimeOffset now, bool isApply = false)
    {
        var name = Named(request, isApply) ?? Guessed(request);
        var manager = new FieldOwner(name, isApply, request.Kind.ApiVersion, request.Path.Subresource ?? "");
        return new Write(manager, Times.Text(now), request.Caller.IsSystem);
    }

    /// <summary>Checks what a request says of its field manager.</summary>
    /// <exception cref="StatusException">Invalid: it is missing where it is needed, or no name.</exception>
    public static void Check(ApiRequest request, bool isApply = false)
    {
        _ = Named(request, isApply);
        if (!isApply && HttpMethods.IsPatch(request.Http.Request.Method) && request.Query("force") is not null)
        {
            throw Invalid(
                request,
                "force",
                "FieldValueForbidden",
                "Forbidden: may not be specified for non-apply patch"
            );
        }
    }

    private static string? Named(ApiRequest request, bool isApply) =>
        request.Query("fieldManager") switch
        {
            null when isApply => throw Invalid(
                request,
                "fieldManager",
                "FieldValueRequired",
                "Required value: is required for apply patch"
            ),
            { Length: > LongestName } => throw Invalid(
                request,
                "fieldManager",
                "FieldValueTooLong",
                $"Too long: may not be more than {LongestName} bytes"
            ),
            { } name when name.Any(char.IsControl) => throw Invalid(
                request,
                "fieldManager",
                "FieldValueInvalid",
                "Invalid value: should only contain printable characters"
            ),
            var name => name,
        };

    /// <summary>What writes without naming itself goes by its program's name.</summary>
    private static string Guessed(ApiRequest request)
    {
        // The server's own writes carry out what others asked for: their program is not who writes.
        var agent = ReferenceEquals(request.Caller, Security.Caller.Server)
            ? "vireo"
            : request.Http.Request.Headers.UserAgent.ToString().Split('/')[0].Trim();
        var clean = new string([.. agent.Where(c => !char.IsControl(c)).Take(LongestName)]);
        return clean.Length > 0 ? clean : "unknown";
    }

    private static StatusException Invalid(ApiRequest request, string field, string reason, string message) =>
        Refusals.InvalidOptions(
            request.Http.Request.Method switch
            {
                "PATCH" => "PatchOptions",
                "PUT" => "UpdateOptions",
                _ => "CreateOptions",
            },
            new StatusCause
            {
                Reason = reason,
                Message = message,
                Field = field,
            }
        );
}
