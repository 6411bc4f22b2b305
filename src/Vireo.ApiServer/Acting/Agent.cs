using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.Runtime;

namespace Vireo.ApiServer.Acting;

/// <summary>The agent of one host: it serves the paths of this server for the instances of its host.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Http">Leads to the agent.</param>
internal sealed record Agent(string Host, HttpClient Http)
{
    /// <summary>Asks the agent.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Which instance, and what of it.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="ct">Ends the try.</param>
    /// <returns>Whatever is answered, its body not yet read.</returns>
    /// <exception cref="StatusException">ServiceUnavailable or Timeout: there is no answer.</exception>
    public async Task<HttpResponseMessage> AskAsync(
        string method,
        AgentTarget target,
        byte[]? body,
        CancellationToken ct
    )
    {
        using var request = Request(method, target);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new(Answer.Json) } };
        }

        return await SendAsync(request, ct);
    }

    /// <summary>Opens a stream.</summary>
    /// <returns>The stream, or the agent's refusal.</returns>
    /// <exception cref="StatusException">ServiceUnavailable or Timeout: there is no answer.</exception>
    public async Task<(WebSocket? Stream, HttpResponseMessage? Refusal)> OpenAsync(
        AgentTarget target,
        CancellationToken ct
    )
    {
        using var request = Request(HttpMethods.Get, target);
        WebSocketHandshake.Ask(request);
        var response = await SendAsync(request, ct);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            return (null, response);
        }

        try
        {
            return (await WebSocketHandshake.CompleteAsync(response, ct), null);
        }
        catch (WebSocketException wrong)
        {
            response.Dispose();
            throw Refusals.Unavailable($"The agent of host \"{Host}\" opens no stream: {wrong.Message}");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException failed) when (failed.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw Refusals.Unavailable(
                $"What answers where the agent of host \"{Host}\" should be does not show that host's certificate "
                    + $"({Why(failed)}): see that its agent runs there (status.endpoint), or join the host again. The "
                    + "guest is not touched by this."
            );
        }
        catch (HttpRequestException failed)
            when (failed.HttpRequestError
                    is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            )
        {
            // It may have died before or after it did what was asked.
            throw Refusals.Unavailable(
                $"The agent of host \"{Host}\" broke off without an answer: whether it did what was asked is not known. "
                    + "Look at the instance before you try again."
            );
        }
        catch (HttpRequestException failed)
        {
            throw Refusals.Unavailable(
                $"The agent of host \"{Host}\" cannot be reached ({failed.Message.TrimEnd('.')}): see that it runs, and "
                    + "try again. The guest is not touched by this."
            );
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Refusals.Timeout(
                $"The agent of host \"{Host}\" did not answer within {Http.Timeout.TotalSeconds} s: whether it did what "
                    + "was asked is not known. Look at the instance before you try again."
            );
        }
    }

    private static string Why(Exception failed) => (failed.InnerException ?? failed).Message.TrimEnd('.');

    private static HttpRequestMessage Request(string method, AgentTarget target) =>
        new(new HttpMethod(method), new Uri(target.Address, UriKind.Relative))
        {
            Headers = { { Api.Subresources.InstanceUidHeader, target.Uid } },
        };
}

/// <summary>One subresource of one run of an instance.</summary>
/// <param name="Namespace">The instance's namespace.</param>
/// <param name="Name">The instance's name.</param>
/// <param name="Uid">The run.</param>
/// <param name="Tail">The subresource with its arguments.</param>
/// <param name="Query">The query, from its question mark on; empty for none.</param>
internal sealed record AgentTarget(string Namespace, string Name, string Uid, string Tail, string Query)
{
    /// <summary>The address at the agent. The tail is one of the table's, with arguments that were checked.</summary>
    public string Address =>
        $"apis/{Api.Subresources.Group}/v1/namespaces/{Uri.EscapeDataString(Namespace)}/virtualmachineinstances/"
        + $"{Uri.EscapeDataString(Name)}/{Tail}{Query}";
}
