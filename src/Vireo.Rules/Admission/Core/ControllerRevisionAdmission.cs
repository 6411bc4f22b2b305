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

        if (
            request.OldObject is ControllerRevision old
            && !JsonElement.DeepEquals(old.Data ?? default, revision.Data ?? default)
        )
        {
            yield return FieldError.Forbidden("data", "data is a snapshot and cannot change: make a new revision.");
        }
    }
}
