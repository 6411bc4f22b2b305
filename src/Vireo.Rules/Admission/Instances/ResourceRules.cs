using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What an instance requests of its host and what it may use.</summary>
internal static class ResourceRules
{
    private static readonly string[] Known = ["cpu", "memory"];

    public static IEnumerable<FieldError> Check(ResourceRequirements? resources, string path)
    {
        var requests = resources?.Requests ?? new Dictionary<string, Quantity>();
        var limits = resources?.Limits ?? new Dictionary<string, Quantity>();
        return
        [
            .. Amounts(requests, $"{path}.requests"),
            .. Amounts(limits, $"{path}.limits"),
            .. requests
                .Where(request => limits.TryGetValue(request.Key, out var limit) && request.Value > limit)
                .Select(request =>
                    FieldError.Invalid(
                        $"{path}.requests.{request.Key}",
                        $"{path}.requests.{request.Key} '{request.Value}' is greater than "
                            + $"{path}.limits.{request.Key} '{limits[request.Key]}'."
                    )
                ),
        ];
    }

    private static IEnumerable<FieldError> Amounts(IReadOnlyDictionary<string, Quantity> amounts, string path)
    {
        foreach (var (name, amount) in amounts)
        {
            var field = $"{path}.{name}";
            if (!Known.Contains(name))
            {
                yield return FieldError.NotSupported(
                    field,
                    $"{field} is not implemented: Vireo places by cpu and memory only. Remove it."
                );
            }
            else if (amount < default(Quantity))
            {
                yield return FieldError.Invalid(field, $"{field} '{amount}': must not be negative.");
            }
        }
    }
}
