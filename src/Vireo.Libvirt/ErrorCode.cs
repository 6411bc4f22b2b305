namespace Vireo.Libvirt;

/// <summary>
/// libvirt's <c>virErrorNumber</c>: those that somebody here or above decides by. Others keep their number.
/// </summary>
public enum ErrorCode
{
    /// <summary>Ours, not libvirt's: the shared library is not installed.</summary>
    LibraryMissing = -1,

    /// <summary>A call failed and left no error behind.</summary>
    Ok = 0,
    InternalError = 1,
    NoMemory = 2,
    NoSupport = 3,

    /// <summary>No driver for this URI; not a daemon that does not answer.</summary>
    NoConnect = 5,
    InvalidConnection = 6,
    InvalidDomain = 7,
    InvalidArgument = 8,
    OperationFailed = 9,

    /// <summary>The XML has no name in it.</summary>
    NameMissing = 21,
    XmlError = 27,
    DomainExists = 28,
    OperationDenied = 29,
    OpenFailed = 30,
    XmlDetail = 35,
    InvalidNetwork = 36,
    NetworkExists = 37,

    /// <summary>A system call failed; the message ends with the operating system's reason.</summary>
    SystemError = 38,
    Rpc = 39,
    NoDomain = 42,
    NoNetwork = 43,
    AuthenticationFailed = 45,

    /// <summary>Not in this state of the domain: "domain is not running", for one.</summary>
    OperationInvalid = 55,
    ConfigurationUnsupported = 67,
    OperationTimeout = 68,
    HookScriptFailed = 70,
    ArgumentUnsupported = 74,

    /// <summary>The job, a migration for one, was cancelled by a client.</summary>
    OperationAborted = 78,
    AuthenticationCancelled = 79,
    NoDomainMetadata = 80,
    MigrationUnsafe = 81,

    /// <summary>Also ours: a subscriber fell too far behind, and events were lost to it.</summary>
    Overflow = 82,
    OperationUnsupported = 84,
    AgentUnresponsive = 86,
    ResourceBusy = 87,
    AccessDenied = 88,
    CpuIncompatible = 91,
    XmlInvalidSchema = 92,
    AuthenticationUnavailable = 94,
    AgentUnsynchronized = 97,
    DeviceMissing = 99,
    MultipleDomains = 110,

    NoNetworkMetadata = 111,
    AgentCommandTimeout = 112,

    /// <summary>The agent answered with an error. Older libvirt (9.0) says <see cref="InternalError"/>.</summary>
    AgentCommandFailed = 113,
}

/// <summary>libvirt's <c>virErrorDomain</c>: which part of it raised an error. Others keep their number.</summary>
public enum ErrorDomain
{
    None = 0,
    Rpc = 7,
    Qemu = 10,
    Network = 11,
    Test = 12,
    Remote = 13,
    Domain = 20,
    Cpu = 31,
    Event = 40,
}
