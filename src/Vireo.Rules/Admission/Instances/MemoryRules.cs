using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How much memory a guest has.</summary>
internal static class MemoryRules
{
    private static readonly Quantity LeastGuest = Quantity.Parse("1Mi");
    private static readonly Quantity LeastRequest = Quantity.Parse("1M");

    public static IEnumerable<FieldError> Check(DomainSpec domain, string path, string? architecture)
    {
        var field = $"{path}.memory.guest";
        if (domain.Memory?.Guest is not { } guest)
        {
            return
            [
                FieldError.Required(
                    field,
                    $"no memory requested, at least one of '{field}', '{path}.memory.hugepages.pageSize' or "
                        + $"'{path}.resources.requests.memory' must be set"
                ),
            ];
        }

        // A guest that got its size from a request that is too small is not blamed for it as well.
        var request = Request(domain.Resources, $"{path}.resources.requests.memory").ToList();
        request.AddRange(request.Count > 0 ? [] : Guest(guest, field));
        return request.Count > 0 ? request : MaxGuest(domain.Memory, architecture, field);
    }

    private static IEnumerable<FieldError> Request(ResourceRequirements? resources, string field)
    {
        if (
            resources?.Requests is { } requests
            && requests.TryGetValue("memory", out var request)
            && request >= default(Quantity)
            && request < LeastRequest
        )
        {
            yield return FieldError.Invalid(field, $"{field} '{request}': must be {LeastRequest} or more.");
        }
    }

    public static IEnumerable<FieldError> Guest(Quantity guest, string field)
    {
        if (guest <= default(Quantity))
        {
            yield return FieldError.Invalid(field, $"{field} '{guest}': must be greater than 0.");
        }
        else if (guest < LeastGuest)
        {
            yield return FieldError.Invalid(field, $"{field} '{guest}': must be {LeastGuest} or more.");
        }
    }

    private static IEnumerable<FieldError> MaxGuest(Memory memory, string? architecture, string field) =>
        memory.MaxGuest is not null && MemoryHotplug.WhyNot(memory.Guest, memory.MaxGuest, architecture) is { } why
            ? [FieldError.Invalid(field, why)]
            : [];
}
