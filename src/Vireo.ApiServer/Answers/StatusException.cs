using Vireo.Api;

namespace Vireo.ApiServer.Answers;

/// <summary>Ends a request with a Kubernetes <c>Status</c> that tells the client why.</summary>
internal sealed class StatusException(Status status) : Exception(status.Message)
{
    /// <summary>What the client is told.</summary>
    public Status Status { get; } = status;
}
