using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What other hosts' agents ask this one about moves, and the streams of guests that come here.</summary>
/// <remarks>
/// <c>/migrations/UID/offer</c>, <c>files/VOLUME</c>, <c>console</c> and <c>streams/CHANNEL</c> are about guests that
/// this host was asked to take: others are refused. A stream that is posted for is one in plain text. <c>guest</c>
/// says how a guest stands here.
/// </remarks>
/// <param name="arrivals">The guests that are to come.</param>
/// <param name="moves">The hypervisor.</param>
/// <param name="hosts">Knows whose agents may ask.</param>
/// <param name="plain">Streams in plain text; null for a door that is not on the network.</param>
/// <param name="logger">Told of bugs.</param>
internal sealed class MoveDoor(
    Arrivals arrivals,
    IGuestMoves moves,
    KnownHosts hosts,
    PlainStreams? plain,
    ILogger logger
)
{
    /// <summary>What the paths begin with.</summary>
    public const string Root = "/migrations/";

    private const int MaxBodyBytes = 1 << 20;

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        try
        {
            await RouteAsync(http, stopping);
        }
        catch (Exception e)
            when (ClientStream.IsEnd(e) && (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested))
        {
            // The other agent is gone.
        }
        catch (Exception e)
        {
            if (e is not (ApiException or HypervisorException or DiskException or IOException))
            {
                logger.RequestFailed(http.Request.Path, e);
            }

            var refusal = e as ApiException ?? new ApiException(Reason.InternalError, e.Message, e);
            await RefuseAsync(http, refusal);
        }
    }

    private Task RouteAsync(HttpContext http, CancellationToken stopping) =>
        (http.Request.Method, (http.Request.Path.Value ?? "")[Root.Length..].Split('/')) switch
        {
            ("POST", [var uid, "offer"]) => OfferAsync(http, uid),
            ("PUT", [var uid, "files", var volume]) => TakeFileAsync(http, uid, volume),
            ("PUT", [var uid, "console"]) => TakeConsoleAsync(http, uid),
            ("GET", [var uid, "streams", var channel])
                when Enum.TryParse<MoveChannel>(channel, ignoreCase: true, out var known) => StreamAsync(
                http,
                uid,
                known,
                stopping
            ),
            ("POST", [var uid, "streams", var channel])
                when Enum.TryParse<MoveChannel>(channel, ignoreCase: true, out var known)
                    && known != MoveChannel.Control => GiveTicketAsync(http, uid, known, stopping),
            ("GET", [_, "guest"]) => TellGuestAsync(http),
            _ => throw DoorRefusals.NoSuchPath(),
        };

    private async Task OfferAsync(HttpContext http, string migrationUid)
    {
        var arrival = Find(http, migrationUid);
        await hosts.RequireAsync(DoorCaller.Of(http), http.RequestAborted);
        var offer =
            JsonSerializer.Deserialize(await ReadAsync(http), MoveJson.Default.MoveOffer)
            ?? throw DoorRefusals.BadBody("it is empty");
        var terms = arrivals.Accept(arrival, offer) with { InPlainText = plain?.IsWanted == true };
        await AnswerAsync(http, terms, MoveJson.Default.MoveTerms);
    }

    private async Task TakeFileAsync(HttpContext http, string migrationUid, string volume)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        await Arrivals.TakeFileAsync(Find(http, migrationUid), volume, http.Request.Body, http.RequestAborted);
        await AnswerAsync(http, new(GuestPlace.Absent), MoveJson.Default.GuestAnswer);
    }

    private async Task TakeConsoleAsync(HttpContext http, string migrationUid)
    {
        arrivals.TakeConsole(Find(http, migrationUid), await ReadAsync(http, ConsoleLogs.KeptBytes));
        await AnswerAsync(http, new(GuestPlace.Absent), MoveJson.Default.GuestAnswer);
    }

    private async Task StreamAsync(
        HttpContext http,
        string migrationUid,
        MoveChannel channel,
        CancellationToken stopping
    )
    {
        var arrival = Find(http, migrationUid);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, arrival.Ended);
        var guest = await moves.OpenAsync(migrationUid, channel, http.RequestAborted);
        await StreamPump.RunAsync(await PeerStream.AcceptAsync(http), guest, ending.Token);
    }

    /// <summary>Lets a stream in plain text in: who asks for it here has shown a certificate.</summary>
    private Task GiveTicketAsync(HttpContext http, string migrationUid, MoveChannel channel, CancellationToken stopping)
    {
        var arrival = Find(http, migrationUid);
        var ticket = (plain ?? throw PlainStreams.NotWanted()).Issue(CarryAsync, arrival.Ended);
        return AnswerAsync(http, ticket, MoveJson.Default.PlainTicket);

        async Task CarryAsync(NetworkStream stream)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, arrival.Ended);
            var guest = await moves.OpenAsync(migrationUid, channel, ending.Token);
            await StreamPump.RunAsync(stream, guest, ending.Token);
        }
    }

    private async Task TellGuestAsync(HttpContext http)
    {
        if (DoorCaller.Of(http) is { IsServer: false, Host: "" })
        {
            throw new ApiException(Reason.Forbidden, "Only agents of this cluster may ask.");
        }

        await hosts.RequireAsync(DoorCaller.Of(http), http.RequestAborted);

        var query = http.Request.Query;
        var id = new DomainId(new(query["namespace"].ToString(), query["name"].ToString()), query["uid"].ToString());
        var stand = await moves.LookAsync(id, http.RequestAborted);
        await AnswerAsync(http, new(stand.Place), MoveJson.Default.GuestAnswer);
    }

    /// <summary>The guest that is to come, if the host asks that it comes from.</summary>
    private Arrival Find(HttpContext http, string migrationUid)
    {
        var arrival =
            arrivals.Find(migrationUid)
            ?? throw new ApiException(
                Reason.Conflict,
                $"This host is not ready for the guest of migration {migrationUid}: it was not asked to take it, or "
                    + "its agent was restarted."
            );
        return DoorCaller.Of(http).MayBe(arrival.Source)
            ? arrival
            : throw new ApiException(
                Reason.Forbidden,
                $"The guest of migration {migrationUid} comes from host {arrival.Source}: only its agent may send it."
            );
    }

    private static async Task<byte[]> ReadAsync(HttpContext http, int limit = MaxBodyBytes)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await http.Request.Body.ReadAsync(chunk, http.RequestAborted) is > 0 and var count)
        {
            bytes.Write(chunk, 0, count);
            if (bytes.Length > limit)
            {
                throw DoorRefusals.BadBody($"it is longer than {limit} bytes");
            }
        }

        return bytes.ToArray();
    }

    private static async Task AnswerAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext http, ApiException refusal)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = refusal.Status.Code ?? (int)refusal.Reason.HttpCode();
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(refusal.Status, ApiJson.Default.Status),
            http.RequestAborted
        );
    }
}
