using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The machine types that hosts offer.</summary>
/// <remarks>
/// Hosts that are not Ready do not count: what they say may be long gone. Where none is Ready, as when all begin, each
/// counts. What every host offers is what each of the type's architecture does: no type is of two.
/// </remarks>
public sealed class MachineTypeOffers
{
    private readonly Dictionary<string, List<Offer>> _byName = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<Host> _hosts;

    private MachineTypeOffers(IReadOnlyList<Host> hosts, string? architecture)
    {
        _hosts = hosts;
        foreach (var host in hosts)
        {
            foreach (var type in host.Status?.MachineTypes ?? [])
            {
                if (architecture is null || type.Architecture == architecture)
                {
                    Add(type.Name, new(host.Metadata.Name ?? "", type));
                    if (type.Canonical is { Length: > 0 } canonical && canonical != type.Name)
                    {
                        Add(canonical, new(host.Metadata.Name ?? "", type with { Name = canonical, Canonical = null }));
                    }
                }
            }
        }
    }

    /// <summary>The hosts that count.</summary>
    internal IReadOnlyList<Host> Hosts => _hosts;

    /// <summary>The newest QEMU of those hosts, which drops types first; null when none tells its version.</summary>
    internal Version? NewestQemu =>
        _hosts
            .Select(host => Version.TryParse(host.Status?.Hypervisor?.QemuVersion, out var version) ? version : null)
            .Max();

    /// <summary>True when no host is known, so that nothing can be said.</summary>
    public bool IsEmpty => _byName.Count == 0;

    /// <summary>The types that every host offers, aliases too, in order.</summary>
    public IReadOnlyList<string> Common => [.. _byName.Keys.Where(IsOfferedByAll).Order(MachineTypeNameOrder.Instance)];

    /// <summary>The types that some host offers, aliases too, in order.</summary>
    public IReadOnlyList<string> All => [.. _byName.Keys.Order(MachineTypeNameOrder.Instance)];

    /// <summary>Puts together what hosts offer.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="architecture">Of the guests that are meant, for example amd64; null for all.</param>
    public static MachineTypeOffers Of(IEnumerable<Host> hosts, string? architecture = null)
    {
        Host[] all = [.. hosts.Where(host => architecture is null || OffersFor(host, architecture))];
        var ready = all.Where(host => Conditions.IsTrue(host.Status?.Conditions, "Ready")).ToArray();
        return new(ready is [] ? all : ready, architecture);
    }

    /// <summary>True when some host offers a type, by its name or an alias.</summary>
    public bool Offers(string type) => _byName.ContainsKey(type);

    /// <summary>True when every host offers a type.</summary>
    public bool IsOfferedByAll(string type)
    {
        var offers = Of(type);
        return offers is not []
            && _hosts
                .Where(host => offers.Exists(offer => offer.Type.Architecture == host.Status?.Architecture))
                .All(host => offers.Exists(offer => offer.Host == host.Metadata.Name));
    }

    /// <summary>The hosts that offer a type, by name.</summary>
    public IReadOnlyList<string> OfferedBy(string type) =>
        [.. Of(type).Select(offer => offer.Host).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>True when a host says that its QEMU will drop a type.</summary>
    public bool IsDeprecated(string type) =>
        Of(type)
            .Any(offer =>
                offer.Type.Deprecated == true
                || (
                    offer.Type.Canonical is { Length: > 0 } canonical
                    && Of(canonical).Any(other => other.Host == offer.Host && other.Type.Deprecated == true)
                )
            );

    /// <summary>
    /// The versioned name that an alias stands for; the name itself when it is none. Null when no host offers it, or
    /// hosts that do differ.
    /// </summary>
    public string? Canonical(string type) =>
        Of(type)
            .Select(offer => offer.Type.Canonical is { Length: > 0 } canonical ? canonical : offer.Type.Name)
            .Distinct(StringComparer.Ordinal)
            .ToArray()
            is [var only]
            ? only
            : null;

    /// <summary>The newest type of a family and vendor that every host offers; null when there is none.</summary>
    /// <remarks>Plain types are preferred to variants such as -hpb, which are other machines.</remarks>
    public MachineType? Newest(string family, string vendor) =>
        Common
            .Select(MachineType.Parse)
            .OfType<MachineType>()
            .Where(type => type.IsVersioned && type.Family == family && type.Vendor == vendor && type.IsPlain)
            .Aggregate(
                (MachineType?)null,
                (best, type) => best is null || MachineType.Compare(type, best) is MachineTypeOrder.Newer ? type : best
            );

    /// <summary>The offered names that are most like one that is not offered, the likest first.</summary>
    public IReadOnlyList<string> Nearest(string type, int count) =>
        MachineTypeNearness.Nearest(_byName.Keys, type, count);

    private static bool OffersFor(Host host, string architecture) =>
        host.Status?.MachineTypes?.Any(type => type.Architecture == architecture) == true
        || host.Status?.Architecture == architecture;

    private List<Offer> Of(string type) => _byName.GetValueOrDefault(type) ?? [];

    private void Add(string name, Offer offer)
    {
        if (!_byName.TryGetValue(name, out var offers))
        {
            _byName[name] = offers = [];
        }

        // The versioned name may be listed itself as well, and then says more than its alias does.
        if (offers.Find(known => known.Host == offer.Host) is { } known)
        {
            offers.Remove(known);
            offer = offer with
            {
                Type = offer.Type with
                {
                    Deprecated = offer.Type.Deprecated ?? known.Type.Deprecated,
                    Canonical = offer.Type.Canonical ?? known.Type.Canonical,
                },
            };
        }

        offers.Add(offer);
    }

    private sealed record Offer(string Host, HostMachineType Type);
}
