namespace Vireo.Api;

/// <summary>
/// The list's entries are told apart by fields of theirs: changes merge entry by entry. Lists without such a word are
/// replaced whole.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    /// <summary>The JSON names of the fields that tell entries apart.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>The list is a set of plain values: changes merge value by value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary>An object of the type is changed as a whole: nobody has a part of it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AtomicAttribute : Attribute;
