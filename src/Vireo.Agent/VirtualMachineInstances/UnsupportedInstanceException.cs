using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>This host cannot give what an instance asks for; each error names a field.</summary>
internal sealed class UnsupportedInstanceException(IReadOnlyList<FieldError> errors)
    : Exception(string.Join(' ', errors.Select(error => error.Message)))
{
    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldError> Errors { get; } = errors;
}
