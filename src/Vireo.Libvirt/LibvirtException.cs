namespace Vireo.Libvirt;

/// <summary>libvirt refused or failed a call.</summary>
/// <param name="call">The C function, as the libvirt reference names it.</param>
/// <param name="code">What went wrong.</param>
/// <param name="domain">Which part of libvirt says so.</param>
/// <param name="reason">libvirt's own sentence.</param>
public sealed class LibvirtException(string call, ErrorCode code, ErrorDomain domain, string reason)
    : Exception($"libvirt refused {call}: {reason}")
{
    public string Call { get; } = call;

    public ErrorCode Code { get; } = code;

    public ErrorDomain Domain { get; } = domain;

    /// <summary>libvirt's own sentence, without ours around it.</summary>
    public string Reason { get; } = reason;

    /// <summary>What was addressed is not there (any more).</summary>
    public bool IsNotFound => Code is ErrorCode.NoDomain or ErrorCode.NoNetwork or ErrorCode.NoDomainMetadata;

    /// <summary>The daemon was not reached, or went away during the call: whether it acted is not known.</summary>
    /// <remarks>
    /// A migration fails like this as well when it is the target that went away;
    /// <see cref="LibvirtConnection.IsAlive"/> tells the two apart.
    /// </remarks>
    public bool IsConnectionLost =>
        Code is ErrorCode.InvalidConnection or ErrorCode.Rpc
        || (
            Domain is ErrorDomain.Rpc or ErrorDomain.Remote && Code is ErrorCode.InternalError or ErrorCode.SystemError
        );
}
