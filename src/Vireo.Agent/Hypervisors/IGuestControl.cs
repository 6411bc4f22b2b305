using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What a user may do to a running guest, one call each.</summary>
/// <remarks>
/// A guest that is gone, or is another run of the same name, is false or null. Methods throw
/// <see cref="HypervisorException"/> when the hypervisor refuses or does not answer, and
/// <see cref="GuestAgentException"/> when it is the agent in the guest that does.
/// </remarks>
internal interface IGuestControl
{
    /// <summary>Stops the guest's processors; returns when they stand. A guest that is paused stays so.</summary>
    Task<bool> PauseAsync(DomainId id, CancellationToken ct);

    /// <summary>Lets the guest's processors go on. A guest that runs goes on running.</summary>
    Task<bool> ResumeAsync(DomainId id, CancellationToken ct);

    /// <summary>Makes the guest's file systems still and whole; those that are so stay so.</summary>
    Task<bool> FreezeAsync(DomainId id, CancellationToken ct);

    /// <summary>Lets the guest's file systems go on.</summary>
    Task<bool> ThawAsync(DomainId id, CancellationToken ct);

    /// <summary>What the agent in the guest tells. As true as the guest is.</summary>
    Task<VirtualMachineInstanceGuestAgentInfo?> AskAsync(DomainId id, GuestQuestion question, CancellationToken ct);

    /// <summary>A picture of the guest's screen, as the hypervisor makes it.</summary>
    Task<ScreenPicture?> TakePictureAsync(DomainId id, CancellationToken ct);
}

/// <summary>What the agent in a guest is asked for.</summary>
internal enum GuestQuestion
{
    /// <summary>All that it can tell, and what it is itself.</summary>
    Everything,

    /// <summary>Who is logged in.</summary>
    Users,

    /// <summary>What is mounted.</summary>
    FileSystems,
}

/// <summary>A picture.</summary>
/// <param name="MimeType">What it is, for example image/png.</param>
/// <param name="Bytes">The picture.</param>
internal sealed record ScreenPicture(string MimeType, byte[] Bytes);
