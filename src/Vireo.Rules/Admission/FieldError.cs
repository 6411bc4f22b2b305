namespace Vireo.Rules;

/// <summary>One reason to refuse an object.</summary>
/// <param name="Field">The path of the field, for example <c>spec.template.spec.domain.cpu.sockets</c>.</param>
/// <param name="Reason">The sort of fault, in Kubernetes' words.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record FieldError(string Field, FieldErrorReason Reason, string Message)
{
    internal static FieldError Invalid(string field, string message) =>
        new(field, FieldErrorReason.FieldValueInvalid, message);

    internal static FieldError Required(string field, string message) =>
        new(field, FieldErrorReason.FieldValueRequired, message);

    internal static FieldError Duplicate(string field, string message) =>
        new(field, FieldErrorReason.FieldValueDuplicate, message);

    internal static FieldError NotFound(string field, string message) =>
        new(field, FieldErrorReason.FieldValueNotFound, message);

    internal static FieldError NotSupported(string field, string message) =>
        new(field, FieldErrorReason.FieldValueNotSupported, message);

    internal static FieldError Forbidden(string field, string message) =>
        new(field, FieldErrorReason.FieldValueForbidden, message);
}

/// <summary>The sort of fault, in Kubernetes' words (<c>Status.details.causes[].reason</c>).</summary>
public enum FieldErrorReason
{
    /// <summary>The value is not allowed.</summary>
    FieldValueInvalid,

    /// <summary>A value is missing.</summary>
    FieldValueRequired,

    /// <summary>The value must be unique and is not.</summary>
    FieldValueDuplicate,

    /// <summary>What the value names is not there.</summary>
    FieldValueNotFound,

    /// <summary>The value is not one of those supported.</summary>
    FieldValueNotSupported,

    /// <summary>The field must not be set here.</summary>
    FieldValueForbidden,
}
