using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>The one table that says what libvirt's errors mean to the agent.</summary>
internal static class LibvirtErrors
{
    /// <summary>What to install on Debian for everything the agent does with libvirt.</summary>
    public const string Packages =
        "libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86 qemu-utils dnsmasq-base iptables";

    /// <summary>The error as the agent's reconcilers handle it.</summary>
    public static HypervisorException Translate(LibvirtException error) =>
        error switch
        {
            { Code: ErrorCode.LibraryMissing } => Unreachable(
                $"libvirt is not installed; install it: apt-get install {Packages}",
                error
            ),
            { Code: ErrorCode.AuthenticationFailed or ErrorCode.AuthenticationUnavailable or ErrorCode.AccessDenied } =>
                Unreachable($"libvirt refuses the agent: {error.Reason}; run the agent as root.", error),
            { IsConnectionLost: true } => Unreachable(
                $"libvirt does not answer: {error.Reason}; see that its daemon runs.",
                error
            ),
            _ => new(Sentence(error), IsTransient(error.Code), error),
        };

    /// <summary>The hypervisor cannot be reached.</summary>
    public static HypervisorException Unreachable(string message, Exception? inner = null) =>
        new(message, isTransient: true, inner) { IsUnreachable = true };

    /// <summary>A domain that libvirt cannot make sense of does not become better with time; all else may.</summary>
    private static bool IsTransient(ErrorCode code) =>
        code
            is not (
                ErrorCode.XmlError
                or ErrorCode.XmlDetail
                or ErrorCode.XmlInvalidSchema
                or ErrorCode.ConfigurationUnsupported
                or ErrorCode.ArgumentUnsupported
                or ErrorCode.OperationUnsupported
                or ErrorCode.NoSupport
                or ErrorCode.InvalidArgument
            );

    private static string Sentence(LibvirtException error) =>
        error.Code switch
        {
            ErrorCode.XmlError or ErrorCode.XmlDetail or ErrorCode.XmlInvalidSchema =>
                $"libvirt cannot make sense of the guest's description: {error.Reason}",
            ErrorCode.ConfigurationUnsupported =>
                $"This host's libvirt or QEMU cannot give the guest what it asks for: {error.Reason}",
            ErrorCode.DomainExists => $"The guest's name or UUID is taken on this host: {error.Reason}",
            ErrorCode.InternalError when error.Reason.Contains("monitor", StringComparison.Ordinal) =>
                $"QEMU died at the start of the guest: {error.Reason}",
            _ => $"libvirt: {error.Reason}",
        };
}
