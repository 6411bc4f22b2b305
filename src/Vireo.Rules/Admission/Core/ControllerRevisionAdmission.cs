using System.Text.Json;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Snapshots of objects: they never change.</summary>
internal static class ControllerRevisionAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, ControllerRevision revision) =>
        AdmissionResult.Of(revision, Check(request, revision));

    private static IEnumerable<FieldError> Check(AdmissionRequest request, ControllerRevision revision)
    {
        if (revision.Revision < 0)
        {
            yield return FieldError.Invalid("revision", $"revision: {revision.Revision} must not be negative.");
        }

        if (request.OldObject is ControllerRevision old && !AreSame(old.Data, revision.Data))
        {
            yield return FieldError.Forbidden("data", "data is a snapshot and cannot change: make a new revision.");
        }
    }

    private static bool AreSame(JsonElement? old, JsonElement? next) =>
        old is { } left && next is { } right ? JsonElement.DeepEquals(left, right) : old is null && next is null;
}
