using System.Globalization;
using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>Shorthand for what many parts of a domain have in common.</summary>
internal static class XmlParts
{
    /// <summary>An attribute, or nothing when there is no value: a tree takes null for nothing.</summary>
    public static XAttribute? Attribute(string name, string? value) => value is null ? null : new(name, value);

    /// <summary>An attribute with a number, or nothing.</summary>
    public static XAttribute? Attribute(string name, long? value) =>
        value is { } number ? new(name, number.ToString(CultureInfo.InvariantCulture)) : null;

    public static XAttribute? YesNo(string name, bool? value) =>
        value is { } known ? new(name, known ? "yes" : "no") : null;

    public static XAttribute State(bool on) => new("state", on ? "on" : "off");

    public static XElement Size(string element, long bytes, params object?[] more) =>
        new(element, new XAttribute("unit", "b"), bytes.ToString(CultureInfo.InvariantCulture), more);

    /// <summary>The name by which a device of the specification is found again in the live domain.</summary>
    public static XElement Alias(string name) => new("alias", new XAttribute("name", $"ua-{AliasOf(name)}"));

    /// <summary>A name as an alias has it, behind the prefix without which libvirt does not keep it.</summary>
    /// <remarks>libvirt takes nothing but these characters.</remarks>
    public static string AliasOf(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    public static XElement? BootOrder(int? order) =>
        order is { } number ? new XElement("boot", Attribute("order", number)) : null;
}
