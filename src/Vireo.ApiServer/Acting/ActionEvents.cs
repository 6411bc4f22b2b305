using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Acting;

/// <summary>Tells as Kubernetes Events what the server itself did about an object.</summary>
internal sealed class ActionEvents(CreateEndpoint create, TimeProvider time, ILogger logger)
{
    private const string Component = "vireo-apiserver";

    /// <summary>Tells one event. What was done is done: that it cannot be told is for the log only.</summary>
    /// <param name="request">The request that was carried out.</param>
    /// <param name="about">The object.</param>
    /// <param name="reason">What happened, in one CamelCase word.</param>
    /// <param name="message">What happened, for a person.</param>
    public async Task TellAsync<T>(SubresourceRequest request, T about, string reason, string message)
        where T : class, IResource
    {
        var kind = ResourceKinds.Events;
        var json = JsonSerializer.SerializeToNode(EventOf(about, reason, message), kind.JsonType)!.AsObject();
        try
        {
            await create.MakeAsync(request.Own(kind, null), Draft.Of(kind, json), isTrial: false);
        }
        catch (Exception failed) when (failed is StatusException or StoreException or OperationCanceledException)
        {
            Log.NotTold(logger, reason, about.Metadata.Namespace, about.Metadata.Name, failed.Message);
        }
    }

    private Event EventOf<T>(T about, string reason, string message)
        where T : class, IResource
    {
        var (kind, now) = (ResourceKinds.Of<T>(), time.GetUtcNow());
        return new()
        {
            Metadata = new() { Namespace = about.Metadata.Namespace, GenerateName = $"{about.Metadata.Name}." },
            InvolvedObject = new()
            {
                ApiVersion = kind.ApiVersion,
                Kind = kind.Kind,
                Namespace = about.Metadata.Namespace,
                Name = about.Metadata.Name,
                Uid = about.Metadata.Uid,
            },
            Type = "Normal",
            Reason = reason,
            Message = message,
            Count = 1,
            FirstTimestamp = now,
            LastTimestamp = now,
            Source = new() { Component = Component },
            ReportingComponent = Component,
        };
    }
}
