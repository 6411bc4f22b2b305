using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Another host's agent.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Endpoint">What its host's status.endpoint says.</param>
internal sealed record Peer(string Host, string Endpoint);

/// <summary>Talks with other hosts' agents about moves.</summary>
/// <param name="doors">Leads to them.</param>
internal sealed class PeerTalk(PeerDoors doors)
{
    /// <summary>How a guest stands on another host.</summary>
    /// <exception cref="ApiException">The agent there is not reached, or refuses.</exception>
    public async Task<GuestPlace> AskAsync(Peer peer, string migrationUid, DomainId id, CancellationToken ct)
    {
        var query = $"uid={Uri.EscapeDataString(id.Uid)}&namespace={id.Key.Namespace}&name={id.Key.Name}";
        var path = $"{MoveDoor.Root}{migrationUid}/guest?{query}";
        var answer = await AskAsync(peer, (HttpMethod.Get, path, null), MoveJson.Default.GuestAnswer, ct);
        return answer.Place;
    }

    /// <summary>Asks an agent.</summary>
    /// <exception cref="ApiException">It is not reached, or refuses.</exception>
    public async Task<T> AskAsync<T>(
        Peer peer,
        (HttpMethod Method, string Path, HttpContent? Body) request,
        JsonTypeInfo<T> answer,
        CancellationToken ct
    )
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(request.Path, UriKind.Relative))
        {
            Content = request.Body,
        };
        using var response = await new KubernetesClient(doors.ClientOf(peer.Endpoint, peer.Host)).SendAsync(
            message,
            ct
        );
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        return JsonSerializer.Deserialize(body, answer)
            ?? throw new ApiException(Reason.InternalError, $"The agent of host {peer.Host} answered nothing.");
    }

    /// <summary>Opens a stream to an agent. The caller disposes it.</summary>
    /// <exception cref="ApiException">It is not reached, or refuses.</exception>
    public Task<Stream> OpenAsync(Peer peer, string path, CancellationToken ct) =>
        doors.OpenAsync(peer.Endpoint, peer.Host, path, ct);

    /// <summary>Opens a stream in plain text to an agent that takes one. The caller disposes it.</summary>
    /// <exception cref="ApiException">It is not reached, or refuses.</exception>
    /// <exception cref="IOException">It is not reached.</exception>
    public async Task<Stream> OpenPlainAsync(Peer peer, string path, CancellationToken ct)
    {
        var answer = await AskAsync(peer, (HttpMethod.Post, path, null), MoveJson.Default.PlainTicket, ct);
        return await PeerDoors.OpenPlainAsync(peer.Endpoint, answer, ct);
    }
}
