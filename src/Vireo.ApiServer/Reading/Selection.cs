using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Which objects of a kind a request is about.</summary>
internal sealed record Selection(LabelQuery? Labels, FieldQuery? Fields)
{
    /// <summary>True when every object is meant.</summary>
    public bool IsEverything => Labels is null && Fields is null;

    public bool Matches(StoredObject stored) =>
        Fields?.Matches(stored) != false && (Labels is null || Labels.Matches(StoredFields.Labels(stored)));

    public static Selection Of(ApiRequest request) =>
        new(request.Query("labelSelector") is { } labels ? LabelQuery.Parse(labels) : null, FieldQuery.Of(request));
}
