using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Events.</summary>
internal static class EventAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, Event happening) =>
        AdmissionResult.Of(request.Object, Check(happening));

    // An event about an object of the whole cluster lives in "default".
    private static IEnumerable<FieldError> Check(Event happening)
    {
        var about = happening.InvolvedObject?.Namespace is { Length: > 0 } given ? given : "default";
        if (about != happening.Metadata.Namespace)
        {
            yield return FieldError.Invalid(
                "involvedObject.namespace",
                $"involvedObject.namespace: '{about}' must be the event's namespace, '{happening.Metadata.Namespace}'."
            );
        }
    }
}
