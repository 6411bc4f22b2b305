using Vireo.ApiServer.Applying;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Writing;

/// <summary>Tells under which name a request writes.</summary>
internal static class WriterName
{
    private const int LongestName = 128;

    /// <summary>The write that a request makes.</summary>
    public static Write Of(ApiRequest request, DateTimeOffset now, bool isApply = false)
    {
        var name = request.Query("fieldManager") ?? Guessed(request);
        var manager = new FieldOwner(name, isApply, request.Kind.ApiVersion, request.Path.Subresource ?? "");
        return new Write(manager, Times.Text(now), request.Caller.IsSystem);
    }

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
}
