namespace Vireo.ApiServer.OpenApi;

/// <summary>
/// What a client wants done about fields that nobody knows (the query parameter <c>fieldValidation</c>).
/// </summary>
public enum FieldValidation
{
    /// <summary>Drop them in silence.</summary>
    Ignore,

    /// <summary>Drop them and warn; what happens when the client says nothing.</summary>
    Warn,

    /// <summary>Refuse the object.</summary>
    Strict,
}

/// <summary>What structural validation found. The object itself was pruned in place.</summary>
/// <param name="Errors">Every reason to refuse the object (422 Invalid).</param>
/// <param name="UnknownFields">Each unknown field as <c>unknown field "spec.foo"</c>, when they are to be told.</param>
/// <param name="StrictError">
/// Text of the refusal (400 BadRequest) when unknown fields are to be refused and there are any; comes before
/// <paramref name="Errors"/>.
/// </param>
public sealed record StructuralResult(
    IReadOnlyList<Rules.FieldError> Errors,
    IReadOnlyList<string> UnknownFields,
    string? StrictError
)
{
    /// <summary>True when the object may go on to admission.</summary>
    public bool IsValid => Errors.Count == 0 && StrictError is null;

    /// <summary>What to say in Warning headers.</summary>
    public IReadOnlyList<string> Warnings => StrictError is null ? UnknownFields : [];
}
