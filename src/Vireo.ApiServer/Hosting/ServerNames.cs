using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Vireo.ApiServer.Hosting;

/// <summary>The names by which clients may know the server: its certificate has to bear them all.</summary>
internal static class ServerNames
{
    public static IEnumerable<string> Of(ApiServerOptions options) =>
        [
            "localhost",
            "127.0.0.1",
            "::1",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            Dns.GetHostName(),
            .. IsAny(options.Address) ? Own() : [options.Address.ToString()],
            .. options.ExtraNames,
        ];

    /// <summary>The address that the administrator's kubeconfig names.</summary>
    public static Uri Address(ApiServerOptions options, int port)
    {
        var address = IsAny(options.Address) ? IPAddress.Loopback : options.Address;
        var host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return new Uri($"https://{host}:{port}");
    }

    /// <summary>The addresses of this machine: a server that listens on all is reached by any.</summary>
    private static IEnumerable<string> Own() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
            .Select(address => address.ToString())
            .Order(StringComparer.Ordinal);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
