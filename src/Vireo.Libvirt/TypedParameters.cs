using System.Collections.Frozen;
using Vireo.Libvirt.Native;

namespace Vireo.Libvirt;

/// <summary>
/// Named values as libvirt hands them out where a list may grow: read by name, null when it is not there.
/// </summary>
/// <remarks>
/// The names are libvirt's (<c>os.pretty-name</c>, <c>data_remaining</c>). A newer libvirt adds names, an older one
/// or a
/// silent guest leaves some out; neither is an error.
/// </remarks>
public sealed class TypedParameters
{
    private readonly FrozenDictionary<string, object> _values;

    internal TypedParameters(IEnumerable<KeyValuePair<string, object>> values) =>
        _values = values.ToFrozenDictionary(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _values.Keys;

    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    public bool? Flag(string name) => _values.GetValueOrDefault(name) as bool?;

    /// <summary>Any of C's integers; what is beyond <see cref="long.MaxValue"/> stops there.</summary>
    public long? Number(string name) =>
        _values.GetValueOrDefault(name) switch
        {
            long number => number,
            ulong number => (long)Math.Min(number, long.MaxValue),
            _ => null,
        };

    public double? Real(string name) => _values.GetValueOrDefault(name) as double?;

    /// <summary>
    /// The entries of a numbered list: <c>user.count</c>, <c>user.0.…</c>, <c>user.1.…</c>, as their prefixes.
    /// </summary>
    internal IEnumerable<string> Entries(string list) =>
        Enumerable.Range(0, (int)(Number($"{list}.count") ?? 0)).Select(index => $"{list}.{index}.");

    /// <summary>Reads what libvirt allocated and frees it.</summary>
    internal static unsafe TypedParameters Take(VirTypedParameter* parameters, int count)
    {
        try
        {
            return Read(parameters, count);
        }
        finally
        {
            NativeMethods.virTypedParamsFree(parameters, count);
        }
    }

    /// <summary>Reads what stays libvirt's.</summary>
    internal static unsafe TypedParameters Read(VirTypedParameter* parameters, int count)
    {
        var values = new Dictionary<string, object>(count, StringComparer.Ordinal);
        foreach (ref readonly var parameter in new ReadOnlySpan<VirTypedParameter>(parameters, count))
        {
            if (parameter.Value is { } value)
            {
                values[Check.FixedText(parameter.Field)] = value;
            }
        }

        return new(values);
    }
}
