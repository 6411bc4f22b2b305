using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vireo.ApiServer;

/// <summary>How the server is to run.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The port clients use when none is chosen.</summary>
    public const int DefaultPort = 7443;

    /// <summary>Where objects, keys and the administrator's kubeconfig are kept.</summary>
    public required string StateFolder { get; init; }

    /// <summary>The address to listen on; the loopback unless asked otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Further names and addresses under which clients reach the server.</summary>
    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    /// <summary>Origins of web pages whose programs may ask from browsers, such as <c>https://ui.example</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>A file of tokens that users come in by, <c>token,user,uid,"group1,group2"</c>; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// By which tokens of service accounts name this server: an address where others find its keys, if any shall.
    /// </summary>
    public string TokenIssuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>Where requests are written down; null for nowhere.</summary>
    public AuditOptions? Audit { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the server logs to.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
