using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vireo.Agent;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>How a host joins a cluster over the network, and where its agent is reached then.</summary>
internal sealed class JoinOptions
{
    private readonly Option<string?> _join = new("--join")
    {
        Description =
            "The API server of the cluster to join, for example https://10.0.0.1:7443. Needed once: the host keeps the "
            + "certificate that it gets, and renews it.",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The one-time token that 'vireo token create' wrote; or $VIREO_JOIN_TOKEN.",
    };

    private readonly Option<string?> _authority = new("--ca-hash")
    {
        Description = "The hash of the cluster's CA, sha256:..., where the token does not carry it.",
    };

    private readonly Option<IPEndPoint?> _listen = DoorOptions.Listen(
        "The address by which the server is reached when not given."
    );

    public void AddTo(Command command)
    {
        command.Options.Add(_join);
        command.Options.Add(_token);
        command.Options.Add(_authority);
        command.Options.Add(_listen);
    }

    /// <summary>True when the host is to join.</summary>
    public bool IsAsked(CommandResult result) => result.GetValue(_join) is not null;

    /// <summary>
    /// What this host is in the cluster: what it was, or what it becomes now; null when it never joined.
    /// </summary>
    /// <param name="parse">What was typed.</param>
    /// <param name="stateFolder">Where the host keeps it.</param>
    /// <param name="node">The name it is to have, and whether it was typed.</param>
    /// <param name="ct">Ends the try.</param>
    /// <exception cref="StartException">What was typed does not fit what the host is.</exception>
    public async Task<HostIdentity?> IdentifyAsync(
        ParseResult parse,
        string stateFolder,
        (string Name, bool IsTyped) node,
        CancellationToken ct
    )
    {
        var server = Server(parse.GetValue(_join));
        var known = HostIdentity.Find(stateFolder);
        if (known is not null && server is not null && known.Server != server)
        {
            throw new StartException(
                $"this host joined {Text(known.Server)} already, by {HostIdentity.PathIn(stateFolder)}: leave --join out, or "
                    + "name another folder with --state-dir."
            );
        }

        if (known is not null && server is null && known.Ends <= TimeProvider.System.GetUtcNow())
        {
            throw new StartException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the certificate of this host ended at {known.Ends:yyyy-MM-dd HH:mm} UTC: make a token with 'vireo token create --host {known.Host}' and start the agent with --join {Text(known.Server)} --token."
                )
            );
        }

        if (known is not null && (server is null || await HoldsAsync(known, ct)))
        {
            return known.Host == node.Name || !node.IsTyped
                ? known
                : throw new StartException(
                    $"--node-name: this host joined as '{known.Host}'. Leave the option out, or name another folder with "
                        + "--state-dir to join anew."
                );
        }

        return server is null ? null : await JoinAsync(parse, stateFolder, server, node.Name, ct);
    }

    /// <summary>The options of the agent with where it is reached.</summary>
    public AgentOptions Complete(ParseResult parse, AgentOptions agent, HostIdentity identity)
    {
        var toward = Toward(identity.Server);
        return agent with
        {
            NodeName = identity.Host,
            Identity = identity,
            Listen = parse.GetValue(_listen) ?? new(toward, DoorEndpoint.DefaultPort),
            Address = parse.GetValue(_listen) is { } typed && !DoorOptions.IsAny(typed) ? null : toward,
        };
    }

    private async Task<HostIdentity> JoinAsync(
        ParseResult parse,
        string stateFolder,
        Uri server,
        string nodeName,
        CancellationToken ct
    )
    {
        var text = parse.GetValue(_token) ?? Environment.GetEnvironmentVariable("VIREO_JOIN_TOKEN");
        var token =
            JoinTokenText.Parse(text)
            ?? throw new StartException(
                string.IsNullOrEmpty(text)
                    ? "--join needs a token: make one with 'vireo token create' on the server, and give it with --token."
                    : "--token: this is no join token: copy it whole, as 'vireo token create' wrote it."
            );
        if (parse.GetValue(_authority) is { } hash)
        {
            token = token with
            {
                Authority =
                    JoinTokenText.ReadHash(hash)
                    ?? throw new StartException(
                        $"--ca-hash: '{hash}' is no hash: write it like sha256:0123..., 64 digits."
                    ),
            };
        }

        if (token.Authority is null)
        {
            throw new StartException(
                "--token: the part after the second dot, which tells the right server from a false one, is missing: copy "
                    + "it whole, or give --ca-hash."
            );
        }

        var identity = await ClusterJoin.JoinAsync(stateFolder, server, token, nodeName, ct);
        await Console.Out.WriteLineAsync($"Host {identity.Host} joined {Text(identity.Server)}");
        return identity;
    }

    /// <summary>False when the server says that this host is none of the cluster's any more.</summary>
    private static async Task<bool> HoldsAsync(HostIdentity known, CancellationToken ct)
    {
        if (known.Ends <= TimeProvider.System.GetUtcNow())
        {
            return false;
        }

        try
        {
            _ = await known.Connect().FindAsync<Api.Host>(new(null, known.Host), ct);
            return true;
        }
        catch (ApiException e)
        {
            // One that cannot be asked now may be back soon: a token is not to be wasted on that.
            return e.Reason is not (Reason.Forbidden or Reason.Unauthorized);
        }
    }

    private static string Text(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private static Uri? Server(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var server)
        && server is { Scheme: "https", PathAndQuery: "/", UserInfo: "" }
            ? server
        : throw new StartException($"--join: '{text}' is no address of a server: write it like https://10.0.0.1:7443.");

    /// <summary>This host's address on the way to the server: the one by which the server reaches it.</summary>
    private static IPAddress Toward(Uri server)
    {
        try
        {
            // Nothing is sent: the kernel only chooses a route.
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(server.IdnHost, server.Port);
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
        catch (SocketException e)
        {
            throw new StartException(
                $"{server} cannot be reached from here ({e.Message.TrimEnd('.')}): name this host's address with --agent-listen.",
                e
            );
        }
    }
}
