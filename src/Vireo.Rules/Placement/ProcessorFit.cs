using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Names what keeps a guest from seeing on a host the processor that it is to see.</summary>
/// <remarks>
/// Only what is known counts: hosts that emulate guests, or are of an older Vireo, tell nothing of processors. What is
/// let through here and cannot be is refused by libvirt before the guest begins to move; but not for
/// host-passthrough, which libvirt does not look at.
/// <code>
/// model            to be started           that runs, and comes from another host
/// a name           the host has the model  the host has the model
/// host-model       any host                the host has the model that the other one's guests get; features by name
///                                          where both give the same model
/// host-passthrough any host                the same model and features
/// </code>
/// </remarks>
internal static class ProcessorFit
{
    private const string HostModel = "host-model";
    private const string Passthrough = "host-passthrough";
    private const int FeaturesToName = 5;

    /// <summary>What keeps a guest from it; nothing when it can be there.</summary>
    /// <param name="model">What the guest is to see; host-model when empty.</param>
    /// <param name="here">The processors of the host.</param>
    /// <param name="from">Those of the host that the guest comes from; null for one that is to be started.</param>
    public static IEnumerable<string> WhyNot(string? model, HostProcessor? here, HostProcessor? from)
    {
        if (here is null)
        {
            return [];
        }

        return string.IsNullOrEmpty(model) || model is HostModel ? Moved(here, from)
            : model is Passthrough ? Same(here, from)
            : Named(model, here);
    }

    private static IEnumerable<string> Named(string model, HostProcessor here) =>
        here.Models?.Contains(model) == false ? [$"cannot show CPU model {model}"] : [];

    private static IEnumerable<string> Moved(HostProcessor here, HostProcessor? from) =>
        from?.Model is not { } model ? []
        : here.Model != model ? Named(model, here)
        : Missing(here, from);

    private static IEnumerable<string> Same(HostProcessor here, HostProcessor? from) =>
        from?.Model is not { } model ? []
        : here.Model != model ? [$"has CPU model {here.Model ?? "unknown"}, the guest sees {model} (host-passthrough)"]
        : Missing(here, from);

    private static IEnumerable<string> Missing(HostProcessor here, HostProcessor from)
    {
        var missing = (from.Features ?? []).Except(here.Features ?? [], StringComparer.Ordinal).ToList();
        if (missing is not [])
        {
            yield return $"lacks the CPU feature{(missing.Count > 1 ? "s" : "")} "
                + string.Join(", ", missing.Take(FeaturesToName))
                + (missing.Count > FeaturesToName ? ", ..." : "");
        }
    }
}
