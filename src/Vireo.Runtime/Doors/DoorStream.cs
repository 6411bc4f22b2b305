using System.Net;

namespace Vireo.Runtime;

/// <summary>
/// Opens a stream of plain bytes, both ways, at the door of an agent: HTTP's own upgrade, without frames.
/// </summary>
public static class DoorStream
{
    /// <summary>The protocol that a connection is upgraded to.</summary>
    public const string Protocol = "vireo-stream";

    /// <summary>Opens a stream.</summary>
    /// <param name="agent">Leads to the agent; see <see cref="DoorClient"/>.</param>
    /// <param name="path">Which stream.</param>
    /// <param name="ct">Ends the try to open; an open stream is ended by whoever holds it.</param>
    /// <returns>The open stream. The caller disposes it, which ends it.</returns>
    /// <exception cref="ApiException">The agent refuses, or cannot be reached.</exception>
    public static async Task<Stream> OpenAsync(HttpClient agent, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path.TrimStart('/'), UriKind.Relative))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd(Protocol);
        HttpResponseMessage response;
        try
        {
            response = await agent.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Answer.Unreachable(agent.BaseAddress, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ApiException(Reason.Timeout, $"No answer from {agent.BaseAddress}. Try again later.", e);
        }

        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return await response.Content.ReadAsStreamAsync(ct);
        }

        using (response)
        {
            throw await Answer.ErrorAsync(response, ct);
        }
    }
}
